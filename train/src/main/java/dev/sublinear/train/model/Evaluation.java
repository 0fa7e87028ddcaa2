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
 * The exact cross-entropy of a text under the full softmax, without logits for the whole vocabulary at a time.
 *
 * <p>The output table is walked in blocks of rows (zero-copy views); per target, the logarithm of the sum of
 * exponentials is merged over the blocks in double. Every token but the first is predicted once; the state of the
 * LSTM is carried over.
 */
final class Evaluation {
  private static final int BATCH = 20;
  private static final int STEPS = 50;

  /** Rows of the output table per block: its logits, 2 MB, stay close to the core. */
  private static final int BLOCK = 512;

  private final Lstm lstm;
  private final RowTable input;
  private final RowTable output;
  private final RowTable bias;
  private final Workers workers;

  Evaluation(Lstm lstm, Tables tables, Workers workers) {
    this.lstm = lstm;
    input = tables.input().table();
    output = tables.output().table();
    bias = tables.bias().table();
    this.workers = workers;
  }

  /** The mean cross-entropy per predicted token, in nats. */
  double meanLoss(int[] tokens, NDManager parent) {
    BpttBatches batches = BpttBatches.evaluation(tokens, Math.min(BATCH, tokens.length - 1), STEPS);
    int[] inputs = new int[batches.batch() * STEPS];
    int[] targets = new int[inputs.length];
    double sum = 0;
    try (NDManager carried = parent.newSubManager(); Arena arena = Arena.ofConfined()) {
      MemorySegment embedded = arena.allocate(inputs.length * rowBytes(input), 64);
      MemorySegment wanted = arena.allocate(inputs.length * rowBytes(output), 64);
      NDList state = lstm.zeroState(carried, batches.batch());
      for (int window = 0; window < batches.windows(); window++) {
        int steps = batches.fill(window, inputs, targets);
        int n = batches.batch() * steps;
        try (NDManager scope = carried.newSubManager()) {
          gather(input, inputs, n, embedded);
          Shape shape = new Shape(batches.batch(), steps, input.columns());
          NDArray words = EngineMemory.tensor(scope, embedded.asSlice(0, n * rowBytes(input)), shape);
          lstm.open(scope, false);
          NDArray hidden = lstm.forward(words, state, carried, (x, site) -> x);
          double[] losses = losses(hidden, targets, n, wanted);
          for (int i = 0; i < n; i++) {
            if (i % steps < batches.validSteps(window, i / steps)) {
              sum += losses[i];
            }
          }
        } finally {
          lstm.leaves().forEach(Leaf::close);
        }
      }
    }
    return sum / batches.targets();
  }

  private static long rowBytes(RowTable table) {
    return (long) table.columns() * Float.BYTES;
  }

  private static void gather(RowTable table, int[] words, int n, MemorySegment out) {
    table.gather(Arrays.stream(words, 0, n).asLongStream().toArray(), n, out);
  }

  private double[] losses(NDArray hidden, int[] targets, int n, MemorySegment wanted) {
    NDManager manager = hidden.getManager();
    int blocks = (int) Math.ceilDiv(output.rows(), (long) BLOCK);
    float[][] blockSums = new float[blocks][];
    // Every thread has its own blocks, each computed by one call of the single-threaded engine, and the sums are merged
    // in block order: the result does not depend on the number of threads.
    workers.run((part, parts, scratch) -> {
      for (int block = part; block < blocks; block += parts) {
        blockSums[block] = logSumExp(hidden, (long) block * BLOCK);
      }
    });
    double[] losses = new double[n];
    Arrays.setAll(losses, i -> merged(blockSums, i));
    gather(output, targets, n, wanted);
    NDArray rows =
        EngineMemory.tensor(manager, wanted.asSlice(0, n * rowBytes(output)), new Shape(n, output.columns()));
    float[] logits = hidden.mul(rows).sum(new int[] {1}).toFloatArray();
    for (int i = 0; i < n; i++) {
      losses[i] -= logits[i] + bias.get(targets[i], 0);
    }
    return losses;
  }

  /** log sum exp of the logits of one block of words, per target. */
  private float[] logSumExp(NDArray hidden, long from) {
    long rows = Math.min(BLOCK, output.rows() - from);
    try (NDManager scope = hidden.getManager().newSubManager()) {
      NDArray words = block(scope, output, from, new Shape(rows, output.columns()));
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
