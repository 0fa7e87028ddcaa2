/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import dev.sublinear.gradient.Gradient;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.step.Workers;
import dev.sublinear.train.data.LogUniformSampler;
import dev.sublinear.train.data.UniqueIds;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An LSTM language model: input table, LSTM, output table and bias.
 *
 * <p>All weights live in our memory, initially uniform(-0.1, 0.1) for tables, LSTM and projection and 0 for the output
 * bias; the engine works on views of them. A step gathers the rows of the tables that its words touch; the gradient of
 * a small leaf is the gradient of those rows. The LSTM's state is carried from one training window to the next. Not
 * thread-safe: one model, one thread.
 */
public final class LanguageModel implements AutoCloseable {
  private static final float INITIAL_RANGE = 0.1f;
  private static final long DROPOUT = CounterRandom.stream("dropout");

  private final LstmConfig config;
  private final long seed;
  private final int batch;
  private final NDManager manager;
  private final Lstm lstm;
  private final Softmax softmax;
  private final Weight inputTable;
  private final Weight outputTable;
  private final Weight outputBias;
  private final Leaf inputLeaf;
  private final Leaf outputLeaf;
  private final Leaf biasLeaf;
  private final UniqueIds inputRows;
  private final UniqueIds outputRows;
  private final List<Weight> weights = new ArrayList<>();
  private final List<Leaf> leaves = new ArrayList<>();
  private @Nullable NDManager stepManager;
  private @Nullable NDList state;

  /**
   * Allocates and initialises the weights.
   *
   * @param config the shape of the network
   * @param words size of the vocabulary
   * @param samples negatives of the sampled softmax; 0 for the full softmax
   * @param batch parallel rows of text
   * @param bptt steps of a window
   * @param seed seed of weights, negatives and dropout
   * @param arena owner of the weights' memory
   * @throws IllegalStateException if the engine runs operations on several threads
   */
  public LanguageModel(LstmConfig config, int words, int samples, int batch, int bptt, long seed, Arena arena) {
    this.config = config;
    this.seed = seed;
    this.batch = batch;
    int targets = batch * bptt;
    softmax = samples == 0
        ? new Softmax.Full()
        : new Softmax.Sampled(new LogUniformSampler(words, samples, seed, "negative samples"), targets, arena);
    inputTable = table(arena, config.tied() ? "table" : "input.table", words, config.embedding());
    outputTable = config.tied() ? inputTable : table(arena, "output.table", words, config.output());
    outputBias =
        new Weight("output.bias", "output bias", RowTable.allocate(arena, words, 1), new Shape(words, 1), false);
    lstm = new Lstm(config, arena);
    int outputMax = Math.clamp(softmax.maxRows(targets) + (config.tied() ? targets : 0L), 1, words);
    int inputMax = config.tied() ? outputMax : Math.min(words, targets);
    inputRows = new UniqueIds(words, inputMax);
    outputRows = config.tied() ? inputRows : new UniqueIds(words, outputMax);
    inputLeaf = leaf(inputTable, inputMax, arena);
    outputLeaf = config.tied() ? inputLeaf : leaf(outputTable, outputMax, arena);
    biasLeaf = leaf(outputBias, outputMax, arena);
    weights.addAll(lstm.weights());
    leaves.addAll(lstm.leaves());
    for (Weight weight : weights) {
      if (!weight.equals(outputBias)) {
        CounterRandom.fillUniform(weight.table().data(), seed, CounterRandom.stream(weight.name()), -INITIAL_RANGE,
            INITIAL_RANGE);
      }
    }
    manager = engine(); // last: nothing after it can fail and leave it open
  }

  /** Loads the engine and opens the owner of its tensors. */
  private static NDManager engine() {
    NDManager manager = NDManager.newBaseManager();
    int threads = JniUtils.getNumThreads();
    if (threads != 1) {
      manager.close();
      throw new IllegalStateException("the engine runs " + threads + " threads, and its sums would depend on that:"
          + " start Java with -Dai.djl.pytorch.num_threads=1 -Dai.djl.pytorch.num_interop_threads=1");
    }
    return manager;
  }

  private static Weight table(Arena arena, String name, int words, int columns) {
    String component = switch (name) {
      case "input.table" -> "input table";
      case "output.table" -> "output table";
      default -> "shared table";
    };
    return new Weight(name, component, RowTable.allocate(arena, words, columns), new Shape(words, columns), true);
  }

  private Leaf leaf(Weight weight, int maxRows, Arena arena) {
    Leaf leaf = new Leaf(weight, maxRows, arena);
    weights.add(weight);
    leaves.add(leaf);
    return leaf;
  }

  /** All weights in a fixed order: tables, output bias, LSTM layers, projection. */
  public List<Weight> weights() {
    return weights;
  }

  /** The shape of the network. */
  public LstmConfig config() {
    return config;
  }

  /** Starts the text anew: the next training window begins with a zero state. */
  public void resetState() {
    if (state != null) {
      state.close();
      state = null;
    }
  }

  /**
   * Runs one training window forward and backward; {@link #gradients} then holds the result until {@link #endStep}.
   *
   * @param step number of the step, from 1; negatives and dropout depend on it
   * @param inputs word ids, [batch x steps]
   * @param targets word ids to predict, [batch x steps]
   * @return the mean cross-entropy per target, in nats
   */
  public float forwardBackward(long step, int[] inputs, int[] targets, int steps) {
    int n = batch * steps;
    selectRows(step, inputs, targets, n);
    if (config.dropout() > 0) {
      Engine.getInstance().setRandomSeed((int) CounterRandom.bits(CounterRandom.key(seed, DROPOUT, step), 0));
    }
    NDManager scope = manager.newSubManager();
    stepManager = scope;
    if (state == null) {
      state = lstm.zeroState(manager, batch);
    }
    try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
      if (softmax.isFull()) {
        outputLeaf.openWhole(scope, true);
        biasLeaf.openWhole(scope, true);
      } else {
        outputLeaf.openRows(scope, outputRows.ids(), outputRows.count(), true);
        biasLeaf.openRows(scope, outputRows.ids(), outputRows.count(), true);
      }
      if (!config.tied()) {
        inputLeaf.openRows(scope, inputRows.ids(), inputRows.count(), true);
      }
      boolean wholeInput = config.tied() && softmax.isFull();
      NDArray embedded = embed(inputLeaf.array(), inputs, steps, wholeInput ? null : inputRows);
      NDArray hidden = lstm.forward(embedded, state, manager, true);
      NDArray loss = softmax.loss(hidden, outputLeaf.array(), biasLeaf.array(), targets, n, outputRows);
      collector.backward(loss);
      return loss.getFloat();
    }
  }

  private void selectRows(long step, int[] inputs, int[] targets, int n) {
    inputRows.clear();
    inputRows.add(inputs, n);
    if (config.tied()) {
      softmax.select(step, targets, n, inputRows);
    } else {
      outputRows.clear();
      softmax.select(step, targets, n, outputRows);
      outputRows.finish();
    }
    inputRows.finish();
  }

  private NDArray embed(NDArray table, int[] words, int steps, @Nullable UniqueIds rows) {
    int[] local = new int[batch * steps];
    for (int i = 0; i < local.length; i++) {
      local[i] = rows == null ? words[i] : rows.index(words[i]);
    }
    NDArray index = table.getManager().create(local, new Shape(batch, steps));
    return table.getNDArrayInternal().embedding(index, table, SparseFormat.DENSE).singletonOrThrow();
  }

  /** The gradients of {@link #weights}, in their order; valid until {@link #endStep}. */
  public List<Gradient> gradients() {
    List<Gradient> gradients = new ArrayList<>();
    for (Leaf leaf : leaves) {
      gradients.add(leaf.gradient());
    }
    return gradients;
  }

  /** Frees what the step holds in the engine. */
  public void endStep() {
    leaves.forEach(Leaf::close);
    if (stepManager != null) {
      stepManager.close();
      stepManager = null;
    }
  }

  /**
   * The mean cross-entropy per predicted token of a text, in nats, always by the full softmax over all words.
   *
   * @param workers threads that share the words; their number changes no bit of the result
   */
  public double evaluate(int[] tokens, Workers workers) {
    return new Evaluation(lstm, inputTable.table(), outputTable.table(), outputBias.table(), workers)
        .meanLoss(tokens, manager);
  }

  @Override
  public void close() {
    manager.close();
  }
}
