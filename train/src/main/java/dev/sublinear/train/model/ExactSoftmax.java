/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.step.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Exact cross-entropies under the softmax over the rows of a table, without logits for the whole table at a time.
 *
 * <p>The table is walked in blocks of rows (zero-copy views); per target, the logarithm of the sum of exponentials is
 * merged over the blocks in double. The number of threads changes no bit of the result.
 */
final class ExactSoftmax {
  /** Rows of the table per block: its logits, 2 MB, stay close to the core. */
  private static final int BLOCK = 512;

  private final Workers workers;

  ExactSoftmax(Workers workers) {
    this.workers = workers;
  }

  /**
   * The cross-entropy of each target, in nats.
   *
   * @param hidden [targets x columns]
   * @param table [rows x columns]
   * @param bias [rows x 1]
   * @param targets rows of the table
   */
  double[] crossEntropies(NDArray hidden, RowTable table, RowTable bias, int[] targets) {
    int blocks = (int) Math.ceilDiv(table.rows(), (long) BLOCK);
    float[][] blockSums = new float[blocks][];
    // Every thread has its own blocks, each computed by one call of the single-threaded engine, and the sums are merged
    // in block order: the result does not depend on the number of threads.
    workers.run((part, parts, scratch) -> {
      for (int block = part; block < blocks; block += parts) {
        blockSums[block] = logSumExp(hidden, table, bias, (long) block * BLOCK);
      }
    });
    double[] losses = new double[targets.length];
    Arrays.setAll(losses, i -> merged(blockSums, i));
    float[] logits = logitsWithoutBias(hidden, table, targets);
    for (int i = 0; i < targets.length; i++) {
      losses[i] -= logits[i] + bias.get(targets[i], 0);
    }
    return losses;
  }

  private static float[] logitsWithoutBias(NDArray hidden, RowTable table, int[] targets) {
    try (NDManager scope = hidden.getManager().newSubManager(); Arena arena = Arena.ofConfined()) {
      MemorySegment gathered = arena.allocate((long) targets.length * table.columns() * Float.BYTES, 64);
      table.gather(Arrays.stream(targets).asLongStream().toArray(), targets.length, gathered);
      NDArray rows = EngineMemory.tensor(scope, gathered, new Shape(targets.length, table.columns()));
      return rows.mul(hidden).sum(new int[] {1}).toFloatArray();
    }
  }

  /** log sum exp of the logits of one block of rows, per target. */
  private static float[] logSumExp(NDArray hidden, RowTable table, RowTable bias, long from) {
    long rows = Math.min(BLOCK, table.rows() - from);
    try (NDManager scope = hidden.getManager().newSubManager()) {
      NDArray words = block(scope, table, from, new Shape(rows, table.columns()));
      NDArray logits = hidden.getNDArrayInternal().linear(hidden, words, block(scope, bias, from, new Shape(rows)))
          .singletonOrThrow();
      logits.attach(scope);
      // log softmax = logit - log sum exp, so any one column gives the sum over all of them.
      return logits.get(":, 0").sub(logits.logSoftmax(1).get(":, 0")).toFloatArray();
    }
  }

  private static NDArray block(NDManager manager, RowTable table, long from, Shape shape) {
    MemorySegment memory = table.data().asSlice(table.offset(from), shape.size() * Float.BYTES);
    return EngineMemory.tensor(manager, memory, shape);
  }

  /** log sum exp of the sums of all blocks for one target. */
  private static double merged(float[][] blockSums, int target) {
    double high = Double.NEGATIVE_INFINITY;
    for (float[] sums : blockSums) {
      high = Math.max(high, sums[target]);
    }
    double sum = 0;
    for (float[] sums : blockSums) {
      sum += Math.exp(sums[target] - high);
    }
    return high + Math.log(sum);
  }
}
