/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sublinear.train.data.LogUniformSampler;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * The words' side of a language model: the input table and the output (or one table for both).
 *
 * <p>{@link #open} finds and gathers the rows that a step touches; then several threads may {@link #embed} words and
 * ask for the {@link #loss} of targets.
 */
final class Tables {
  private final boolean tied;
  private final TouchedTable input;
  private final Output output;

  /** Tables of zeros, for windows of up to {@code targets} words. */
  Tables(NetworkConfig config, int words, int targets, SoftmaxSpec softmax, long seed, Arena arena) {
    tied = config.tied();
    List<TensorSpec> specs = softmax.tensors(config, words);
    int outputMax = Math.clamp(softmax.touchedRows(targets) + (tied ? targets : 0L), 1, words);
    input = new TouchedTable(specs.getFirst(), tied ? outputMax : Math.min(words, targets), arena);
    output = switch (softmax) {
      case SoftmaxSpec.Full full -> oneTable(new Softmax.Full(), specs, outputMax, arena);
      case SoftmaxSpec.Sampled(int samples) -> oneTable(
          new Softmax.Sampled(new LogUniformSampler(words, samples, seed, "negative samples")), specs, outputMax,
          arena);
      case SoftmaxSpec.Adaptive adaptive ->
        new Adaptive(adaptive.ends(words), specs.subList(1, specs.size()), arena);
    };
  }

  private OneTable oneTable(Softmax softmax, List<TensorSpec> specs, int maxRows, Arena arena) {
    TouchedTable table = tied ? input : new TouchedTable(specs.get(1), maxRows, arena);
    return new OneTable(softmax, table, tied, specs.getLast(), maxRows, arena);
  }

  Weight input() {
    return input.weight();
  }

  Output output() {
    return output;
  }

  /** Each weight once. */
  List<Weight> weights() {
    List<Weight> weights = new ArrayList<>(List.of(input.weight()));
    weights.addAll(output.weights());
    return weights;
  }

  /** In the order of {@link #weights}. */
  List<Leaf> leaves() {
    List<Leaf> leaves = new ArrayList<>(List.of(input.leaf()));
    leaves.addAll(output.leaves());
    return leaves;
  }

  /** Opens the leaves for the first {@code n} inputs and targets of a step, and draws its negatives. */
  void open(NDManager manager, long step, int[] inputs, int[] targets, int n) {
    input.clear();
    input.rows().add(inputs, n);
    output.open(manager, step, targets, n);
    if (!tied) {
      input.open(manager, false);
    }
  }

  /** The input rows of words, [shape x columns], owned by {@code manager}. */
  NDArray embed(NDManager manager, int[] words, Shape shape) {
    return input.take(manager, words, shape);
  }

  /** The sum of the cross-entropies of {@code targets}, in nats, given [targets x columns]. */
  NDArray loss(NDArray hidden, int[] targets) {
    return output.loss(hidden, targets);
  }
}
