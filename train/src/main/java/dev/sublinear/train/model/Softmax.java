/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import dev.sublinear.train.data.LogUniformSampler;
import dev.sublinear.train.data.UniqueIds;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** The training loss over the rows of an output table: how its logits become a cross-entropy. */
sealed interface Softmax {
  /** Draws what is needed for a step and adds the output rows it touches. */
  void select(long step, int[] targets, int n, UniqueIds rows);

  /** Whether the whole output table takes part. */
  boolean isFull();

  /**
   * The sum of the cross-entropies of the targets; several threads may ask for different targets of one step.
   *
   * @param hidden [targets x columns]
   * @param weights the output rows, [rows x columns]
   * @param bias their biases, [rows x 1]
   * @param targets word ids
   * @param rows maps a word id to its row; not used by the full softmax
   */
  NDArray loss(NDArray hidden, NDArray weights, NDArray bias, int[] targets, UniqueIds rows);

  /** Local row numbers of words. */
  private static NDArray indices(NDArray like, int[] words, int n, UniqueIds rows) {
    return like.getManager().create(Arrays.stream(words, 0, n).map(rows::index).toArray());
  }

  /** Rows of a small table, differentiable. */
  private static NDArray take(NDArray table, NDArray indices) {
    return table.getNDArrayInternal().embedding(indices, table, SparseFormat.DENSE)
        .singletonOrThrow();
  }

  /** Logits [n x rows] of a bias [rows x 1]. */
  private static NDArray linear(NDArray hidden, NDArray weights, NDArray bias) {
    return hidden.getNDArrayInternal().linear(hidden, weights, bias.flatten()).singletonOrThrow();
  }

  /** The sum of the cross-entropies of rows {@code targets} among all rows; the arrays as those of {@link #loss}. */
  static NDArray crossEntropy(NDArray hidden, NDArray weights, NDArray bias, int[] targets) {
    return crossEntropy(linear(hidden, weights, bias), targets);
  }

  /** The sum of the cross-entropies of {@code targets} under logits, [targets x classes]. */
  static NDArray crossEntropy(NDArray logits, int[] targets) {
    NDArray index = logits.getManager().create(Arrays.stream(targets).asLongStream().toArray()).expandDims(1);
    return logits.logSoftmax(1).gather(index, 1).sum().neg();
  }

  /** Exact: a logit for every word. Bytes in the engine: 8 n words, and a gradient of the size of the table. */
  record Full() implements Softmax {
    @Override
    public void select(long step, int[] targets, int n, UniqueIds rows) {}

    @Override
    public boolean isFull() {
      return true;
    }

    @Override
    public NDArray loss(NDArray hidden, NDArray weights, NDArray bias, int[] targets, UniqueIds rows) {
      return crossEntropy(hidden, weights, bias, targets);
    }
  }

  /**
   * Sampled softmax (Jean et al., 2015): the target against K negatives, drawn once a step for all targets.
   *
   * <p>Negatives come from a log-uniform distribution without repetition; every logit is corrected by the logarithm of
   * its expected count, and a negative that is the target is removed.
   */
  final class Sampled implements Softmax {
    /** Far below any logit, so that its exponential is 0. */
    private static final float REMOVED = -1e9f;

    private final LogUniformSampler sampler;

    Sampled(LogUniformSampler sampler) {
      this.sampler = sampler;
    }

    @Override
    public void select(long step, int[] targets, int n, UniqueIds rows) {
      sampler.sample(step);
      rows.add(targets, n);
      rows.add(sampler.ids(), sampler.samples());
    }

    @Override
    public boolean isFull() {
      return false;
    }

    @Override
    public NDArray loss(NDArray hidden, NDArray weights, NDArray bias, int[] targets, UniqueIds rows) {
      int k = sampler.samples();
      NDArray negatives = indices(hidden, sampler.ids(), k, rows);
      NDArray positives = indices(hidden, targets, targets.length, rows);
      NDArray shift = take(bias, negatives).sub(expected(hidden, sampler.ids(), k));
      NDArray negativeLogits = linear(hidden, take(weights, negatives), shift);
      remove(negativeLogits, targets);
      NDArray positiveLogits = hidden.mul(take(weights, positives)).sum(new int[] {1}, true)
          .add(take(bias, positives)).sub(expected(hidden, targets, targets.length));
      return positiveLogits.concat(negativeLogits, 1).logSoftmax(1).get(":, 0").sum().neg();
    }

    /** Logarithms of the expected counts of words, [n x 1]. */
    private NDArray expected(NDArray like, int[] words, int n) {
      float[] logs = new float[n];
      for (int i = 0; i < n; i++) {
        logs[i] = (float) sampler.logExpectedCount(words[i]);
      }
      return like.getManager().create(logs, new Shape(n, 1));
    }

    /**
     * Takes negatives that are the target out of the sum, behind the back of the engine: it does not need these logits
     * to differentiate, and a probability of 0 has the gradient 0.
     */
    private void remove(NDArray negativeLogits, int[] targets) {
      MemorySegment logits = EngineMemory.memory(negativeLogits);
      for (int i = 0; i < targets.length; i++) {
        int negative = sampler.index(targets[i]);
        if (negative >= 0) {
          logits.setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * sampler.samples() + negative, REMOVED);
        }
      }
    }
  }
}
