/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.PairList;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.train.data.BpttBatches;
import dev.sublinear.train.data.LogUniformSampler;
import dev.sublinear.train.model.LstmConfig;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The language model of {@code train lm} as a user of DJL alone would write it: a block with whole tables as
 * parameters, DJL's LSTM, trainer, gradient collector and Adam.
 *
 * <p>A program of its own, so that it may leave the engine's threads as they are.
 */
final class PlainDjl implements AutoCloseable {
  private final LmWorkload workload;
  private final BpttBatches batches;
  private final LogUniformSampler sampler;
  private final int[] inputs;
  private final int[] targets;
  private final Model model;
  private final Trainer trainer;
  private @Nullable NDList state;
  private long step;

  /** Argument: the file of a {@link LmWorkload}. Answers as {@link LmProcess#serve} says. */
  public static void main(String[] args) throws IOException {
    try (PlainDjl training = new PlainDjl(LmWorkload.read(Path.of(args[0])))) {
      LmProcess.serve(training::step);
    }
  }

  PlainDjl(LmWorkload workload) {
    this.workload = workload;
    batches = workload.batches();
    sampler = workload.sampler();
    inputs = new int[workload.wordsPerStep()];
    targets = new int[workload.wordsPerStep()];
    model = Model.newInstance("lm", Device.cpu());
    Network network = new Network(workload);
    for (Parameter parameter : network.getParameters().values()) {
      parameter.setInitializer(initial(parameter.getName()));
    }
    model.setBlock(network);
    Optimizer adam = Optimizer.adam().optLearningRateTracker(Tracker.fixed(LmWorkload.LEARNING_RATE)).build();
    trainer = model.newTrainer(
        new DefaultTrainingConfig(Loss.l1Loss()).optOptimizer(adam).optDevices(new Device[] {Device.cpu()}));
    trainer.initialize(new Shape(workload.batch(), workload.bptt()));
  }

  /** The weights that {@link dev.sublinear.train.model.LanguageModel} begins with. */
  private static Initializer initial(String parameter) {
    String name = switch (parameter) {
      case "l_0_i2h_WEIGHT" -> "lstm.weight_ih_l0";
      case "l_0_h2h_WEIGHT" -> "lstm.weight_hh_l0";
      case "l_0_i2h_BIAS" -> "lstm.bias_ih_l0";
      case "l_0_h2h_BIAS" -> "lstm.bias_hh_l0";
      case "weight" -> "projection.weight";
      case "input.table", "output.table", "output.bias" -> parameter;
      default -> throw new IllegalStateException("DJL has a parameter " + parameter);
    };
    return (manager, shape, type) -> {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment values = arena.allocate(shape.size() * Float.BYTES, 64);
        if (!name.equals("output.bias")) {
          CounterRandom.fillUniform(values, LmWorkload.SEED, CounterRandom.stream(name), -0.1f, 0.1f);
        }
        return manager.create(values.toArray(ValueLayout.JAVA_FLOAT), shape);
      }
    };
  }

  /** One step; returns the loss before it. */
  float step() {
    int window = (int) (step % batches.windows());
    step++;
    batches.fill(window, inputs, targets);
    sampler.sample(step);
    try (NDManager manager = trainer.getManager().newSubManager();
        GradientCollector collector = trainer.newGradientCollector()) {
      NDList data = new NDList(
          manager.create(inputs, new Shape(workload.batch(), workload.bptt())),
          manager.create(targets),
          manager.create(Arrays.copyOf(sampler.ids(), workload.samples())),
          expected(manager, targets, targets.length),
          expected(manager, sampler.ids(), workload.samples()));
      if (window > 0 && state != null) {
        data.addAll(state);
      }
      NDList result = trainer.forward(data);
      collector.backward(result.get(0));
      trainer.step();
      if (state != null) {
        state.close();
      }
      state = new NDList(result.get(1).stopGradient(), result.get(2).stopGradient());
      state.attach(trainer.getManager());
      return result.get(0).getFloat();
    }
  }

  /** Logarithms of the expected counts of words in the sample. */
  private NDArray expected(NDManager manager, int[] words, int n) {
    float[] logs = new float[n];
    for (int i = 0; i < n; i++) {
      logs[i] = (float) sampler.logExpectedCount(words[i]);
    }
    return manager.create(logs, new Shape(n, 1));
  }

  @Override
  public void close() {
    trainer.close();
    model.close();
  }

  /**
   * In: inputs, targets, negatives, the logarithms of their expected counts, and the state or none. Out: loss, state.
   */
  private static final class Network extends AbstractBlock {
    private final LstmConfig config;
    private final Parameter inputTable;
    private final Parameter outputTable;
    private final Parameter outputBias;
    private final LSTM lstm;
    private final Linear projection;

    Network(LmWorkload workload) {
      config = workload.network();
      inputTable = table("input.table", workload.words(), config.embedding());
      outputTable = table("output.table", workload.words(), config.output());
      outputBias = table("output.bias", workload.words(), 1);
      lstm = addChildBlock("lstm", LSTM.builder().setStateSize(config.hidden()).setNumLayers(1).optBatchFirst(true)
          .optReturnState(true).build());
      projection = addChildBlock("projection", Linear.builder().setUnits(config.output()).optBias(false).build());
    }

    private Parameter table(String name, int rows, int columns) {
      return addParameter(Parameter.builder().setName(name).setType(Parameter.Type.WEIGHT)
          .optShape(new Shape(rows, columns)).build());
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
      long batch = shapes[0].get(0);
      long steps = shapes[0].get(1);
      lstm.initialize(manager, type, new Shape(batch, steps, config.embedding()));
      projection.initialize(manager, type, new Shape(batch * steps, config.hidden()));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] shapes) {
      return new Shape[] {new Shape()};
    }

    @Override
    protected NDList forwardInternal(ParameterStore store, NDList data, boolean training,
        @Nullable PairList<String, Object> options) {
      NDArray targets = data.get(1);
      NDArray negatives = data.get(2);
      NDArray output = store.getValue(outputTable, Device.cpu(), training);
      NDArray bias = store.getValue(outputBias, Device.cpu(), training);
      NDList sequence = new NDList(take(store.getValue(inputTable, Device.cpu(), training), data.get(0)));
      sequence.addAll(data.subNDList(5));
      NDList result = lstm.forward(store, sequence, training);
      NDArray flat = result.get(0).reshape(-1, config.hidden());
      NDArray hidden = projection.forward(store, new NDList(flat), training).singletonOrThrow();
      NDArray hit = targets.expandDims(1).eq(negatives.expandDims(0)).toType(DataType.FLOAT32, false);
      NDArray wrong = hidden.matMul(take(output, negatives).transpose())
          .add(take(bias, negatives).sub(data.get(4)).transpose()).add(hit.mul(-1e9f));
      NDArray right = hidden.mul(take(output, targets)).sum(new int[] {1}, true).add(take(bias, targets))
          .sub(data.get(3));
      NDArray loss = right.concat(wrong, 1).logSoftmax(1).get(":, 0").mean().neg();
      return new NDList(loss, result.get(1), result.get(2));
    }

    private static NDArray take(NDArray table, NDArray words) {
      return table.getNDArrayInternal().embedding(words, table, SparseFormat.DENSE).singletonOrThrow();
    }
  }
}
