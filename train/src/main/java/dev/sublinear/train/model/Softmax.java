/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import dev.sublinear.train.data.LogUniformSampler;
import dev.sublinear.train.data.UniqueIds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** The training loss over the words: how the logits of the output table become a cross-entropy. */
sealed interface Softmax {
  /** Draws what is needed for a step and adds the output rows it touches. */
  void select(long step, int[] targets, int n, UniqueIds rows);

  /** Whether the whole output table takes part. */
  boolean isFull();

  /** Most rows a step can touch for {@code n} targets. */
  int maxRows(int n);

  /**
   * The mean cross-entropy of the targets.
   *
   * @param hidden [n x columns]
   * @param weights the output rows, [rows x columns]
   * @param bias their biases, [rows x 1]
   * @param targets word ids
   * @param rows maps a word id to its row; not used by the full softmax
   */
  NDArray loss(NDArray hidden, NDArray weights, NDArray bias, int[] targets, int n, UniqueIds rows);

  /** Local row numbers of words. */
  private static NDArray indices(NDArray like, int[] words, int n, UniqueIds rows) {
    int[] local = new int[n];
    for (int i = 0; i < n; i++) {
      local[i] = rows.index(words[i]);
    }
    return like.getManager().create(local);
  }

  /** Rows of a small table, differentiable. */
  private static NDArray take(NDArray table, NDArray indices) {
    return table.getNDArrayInternal().embedding(indices, table, SparseFormat.DENSE)
        .singletonOrThrow();
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
    public int maxRows(int n) {
      return 0;
    }

    @Override
    public NDArray loss(NDArray hidden, NDArray weights, NDArray bias, int[] targets, int n, UniqueIds rows) {
      NDArray logProbabilities = hidden.matMul(weights.transpose()).add(bias.transpose()).logSoftmax(1);
      NDArray index = hidden.getManager().create(Arrays.stream(targets, 0, n).asLongStream().toArray())
          .reshape(n, 1);
      return logProbabilities.gather(index, 1).mean().neg();
    }
  }

  /**
   * Sampled softmax (Jean et al., 2015): the target against K negatives, drawn once a step for all targets.
   *
   * <p>Negatives come from a log-uniform distribution without repetition; every logit is corrected by the logarithm of
   * its expected count, and a negative that is the target is removed.
   */
  final class Sampled implements Softmax {
    /** Far below any logit, yet finite, so that 0 times it stays a number. */
    private static final float REMOVED = -1e9f;

    private final LogUniformSampler sampler;
    private final MemorySegment removals;
    private final long[] removed;

    Sampled(LogUniformSampler sampler, int maxTargets, Arena arena) {
      this.sampler = sampler;
      removals = arena.allocate((long) maxTargets * sampler.samples() * Float.BYTES, 64);
      removed = new long[maxTargets];
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
    public int maxRows(int n) {
      return n + sampler.samples();
    }

    @Override
    public NDArray loss(NDArray hidden, NDArray weights, NDArray bias, int[] targets, int n, UniqueIds rows) {
      int k = sampler.samples();
      NDArray negatives = indices(hidden, sampler.ids(), k, rows);
      NDArray positives = indices(hidden, targets, n, rows);
      NDArray negativeShift = take(bias, negatives).sub(expected(hidden, sampler.ids(), k)).transpose();
      NDArray negativeLogits = hidden.matMul(take(weights, negatives).transpose()).add(negativeShift);
      NDArray positiveLogits = hidden.mul(take(weights, positives)).sum(new int[] {1}, true)
          .add(take(bias, positives)).sub(expected(hidden, targets, n));
      int hits = markRemovals(targets, n);
      if (hits > 0) {
        MemorySegment used = removals.asSlice(0, (long) n * k * Float.BYTES);
        negativeLogits = negativeLogits.add(EngineMemory.tensor(hidden.getManager(), used, new Shape(n, k)));
      }
      NDArray loss = positiveLogits.concat(negativeLogits, 1).logSoftmax(1).get(":, 0").mean().neg();
      unmark(hits);
      return loss;
    }

    /** Logarithms of the expected counts of words, [n x 1]. */
    private NDArray expected(NDArray like, int[] words, int n) {
      float[] logs = new float[n];
      for (int i = 0; i < n; i++) {
        logs[i] = (float) sampler.logExpectedCount(words[i]);
      }
      return like.getManager().create(logs, new Shape(n, 1));
    }

    private int markRemovals(int[] targets, int n) {
      int hits = 0;
      for (int i = 0; i < n; i++) {
        int negative = sampler.index(targets[i]);
        if (negative >= 0) {
          removed[hits] = (long) i * sampler.samples() + negative;
          removals.setAtIndex(ValueLayout.JAVA_FLOAT, removed[hits], REMOVED);
          hits++;
        }
      }
      return hits;
    }

    private void unmark(int hits) {
      for (int i = 0; i < hits; i++) {
        removals.setAtIndex(ValueLayout.JAVA_FLOAT, removed[i], 0);
      }
    }
  }
}
