/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import dev.sublinear.kernel.CounterRandom;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Dropout before, between and after the layers of an LSTM (Srivastava et al., 2014): a unit is dropped with probability
 * p, the others are multiplied by 1 / (1 - p).
 *
 * <p>The engine has one generator for all its threads, so the masks are drawn here: each number is a function of (seed,
 * site, step, position in the batch) alone. Threads may draw different rows of the batch at the same time.
 */
final class Dropout {
  private final float probability;
  private final long seed;
  private final long[] streams;
  private final List<MemorySegment> masks = new ArrayList<>();

  /** Masks for windows of up to {@code positions} words; none if nothing is ever dropped. */
  Dropout(LstmConfig config, int positions, long seed, Arena arena) {
    this.seed = seed;
    probability = (float) config.dropout();
    streams = new long[config.layers() + 1];
    for (int site = 0; site < streams.length; site++) {
      streams[site] = CounterRandom.stream("dropout." + site);
      long columns = probability == 0 ? 0 : site == 0 ? config.embedding() : config.hidden();
      masks.add(arena.allocate(Math.max(1, positions * columns * Float.BYTES), 64));
    }
  }

  /**
   * Drops units.
   *
   * @param x [rows x steps x columns]
   * @param site 0 before the first layer, k after the k-th
   * @param step number of the training step
   * @param row place of the first row of {@code x} in the batch
   */
  NDArray apply(NDArray x, int site, long step, int row) {
    if (probability == 0) {
      return x;
    }
    long key = CounterRandom.key(seed, streams[site], step);
    long first = row * x.getShape().get(1) * x.getShape().get(2);
    MemorySegment mask = masks.get(site).asSlice(first * Float.BYTES, x.size() * Float.BYTES);
    float kept = 1 / (1 - probability);
    for (long i = 0; i < x.size(); i++) {
      mask.setAtIndex(ValueLayout.JAVA_FLOAT, i, CounterRandom.uniform(key, first + i) < probability ? 0 : kept);
    }
    return x.mul(EngineMemory.tensor(x.getManager(), mask, x.getShape()));
  }
}
