/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.step.Workers;
import dev.sublinear.train.data.BpttBatches;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The exact cross-entropy of a text over all words.
 *
 * <p>Every token but the first is predicted once, in windows that do not overlap. The state of an LSTM is carried over;
 * a Transformer has none and sees nothing of the window before, so its perplexity is a little pessimistic: the first
 * word of each window is predicted from one word alone.
 */
final class Evaluation {
  private static final int BATCH = 20;

  private final NetworkConfig config;
  private final Tensors tensors;
  private final Body body;
  private final RowTable input;
  private final Output output;
  private final ExactSoftmax exact;

  Evaluation(NetworkConfig config, Tensors tensors, Body body, Tables tables, Workers workers) {
    this.config = config;
    this.tensors = tensors;
    this.body = body;
    input = tables.input().table();
    output = tables.output();
    exact = new ExactSoftmax(workers);
  }

  /** The mean cross-entropy per predicted token, in nats. */
  double meanLoss(int[] tokens, NDManager parent) {
    BpttBatches batches =
        BpttBatches.evaluation(tokens, Math.min(BATCH, tokens.length - 1), config.evaluationSteps());
    int longest = batches.steps(0);
    int[] inputs = new int[batches.batch() * longest];
    int[] targets = new int[inputs.length];
    long rowBytes = (long) input.columns() * Float.BYTES;
    double sum = 0;
    try (NDManager carried = parent.newSubManager(); Arena arena = Arena.ofConfined()) {
      MemorySegment embedded = arena.allocate(inputs.length * rowBytes, 64);
      NDList state = body.zeroState(carried, batches.batch());
      for (int window = 0; window < batches.windows(); window++) {
        int steps = batches.fill(window, inputs, targets);
        int n = batches.batch() * steps;
        try (NDManager scope = carried.newSubManager()) {
          input.gather(Arrays.stream(inputs, 0, n).asLongStream().toArray(), n, embedded);
          Shape shape = new Shape(batches.batch(), steps, input.columns());
          NDArray words = EngineMemory.tensor(scope, embedded.asSlice(0, n * rowBytes), shape);
          tensors.open(scope, false);
          NDArray hidden = body.forward(words, state, carried, (x, site) -> x);
          double[] losses = output.crossEntropies(hidden, Arrays.copyOf(targets, n), exact);
          for (int i = 0; i < n; i++) {
            if (i % steps < batches.validSteps(window, i / steps)) {
              sum += losses[i];
            }
          }
        } finally {
          tensors.leaves().forEach(Leaf::close);
        }
      }
    }
    return sum / batches.targets();
  }
}
