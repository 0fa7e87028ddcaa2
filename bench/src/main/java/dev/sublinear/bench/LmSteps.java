/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.step.GradientNorm;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.Workers;
import dev.sublinear.train.data.BpttBatches;
import dev.sublinear.train.model.LanguageModel;
import dev.sublinear.train.model.SoftmaxSpec;
import dev.sublinear.train.model.Weight;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The training steps of {@code train lm}, without its reports. Not thread-safe. */
final class LmSteps implements AutoCloseable {
  private final BpttBatches batches;
  private final int[] inputs;
  private final int[] targets;
  private final Arena arena = Arena.ofShared();
  private final Workers workers;
  private final LanguageModel model;
  private final List<RowOptimizer> optimizers = new ArrayList<>();
  private long step;

  /** Arguments: the file of a {@link LmWorkload}, optimizer, threads. Answers as {@link LmProcess#serve} says. */
  public static void main(String[] args) throws IOException {
    LmWorkload workload = LmWorkload.read(Path.of(args[0]));
    try (LmSteps training = new LmSteps(workload, OptimizerSpec.parse(args[1]), Integer.parseInt(args[2]))) {
      LmProcess.serve(training::step);
    }
  }

  /** Tables trained by {@code tables}, the rest by the same rule with its default layouts. */
  LmSteps(LmWorkload workload, OptimizerSpec tables, int threads) {
    batches = workload.batches();
    inputs = new int[workload.wordsPerStep()];
    targets = new int[workload.wordsPerStep()];
    workers = new Workers(threads);
    model = new LanguageModel(workload.network(), workload.words(), new SoftmaxSpec.Sampled(workload.samples()),
        workload.batch(),
        workload.bptt(), LmWorkload.SEED, arena);
    for (Weight weight : model.weights()) {
      OptimizerSpec spec = weight.spec().isTable() ? tables : OptimizerSpec.defaults(tables.rule());
      long seed = CounterRandom.stream(weight.name());
      optimizers.add(new RowOptimizer(spec, weight.table(), seed, arena, workers));
    }
  }

  /** One step; returns the loss before it. */
  float step() {
    int window = (int) (step % batches.windows());
    step++;
    if (window == 0) {
      model.resetState();
    }
    int length = batches.fill(window, inputs, targets);
    float loss = model.forwardBackward(step, inputs, targets, length, workers);
    List<Gradient> gradients = model.gradients();
    GradientNorm.clip(gradients, 1);
    for (int i = 0; i < gradients.size(); i++) {
      optimizers.get(i).step(gradients.get(i), LmWorkload.LEARNING_RATE);
    }
    model.endStep();
    return loss;
  }

  @Override
  public void close() {
    try (arena; workers) {
      model.close();
    }
  }
}
