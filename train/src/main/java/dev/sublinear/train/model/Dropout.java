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
 * Dropout (Srivastava et al., 2014): a unit is dropped with probability p, the others are multiplied by 1 / (1 - p).
 *
 * <p>The engine has one generator for all its threads, so the masks are drawn here: each number is a function of (seed,
 * site, step, position in the batch) alone. Threads may draw different rows of the batch at the same time.
 */
final class Dropout {
  private final float probability;
  private final long seed;
  private final long[] streams;
  private final List<MemorySegment> masks = new ArrayList<>();

  /** Masks for windows of up to {@code steps} steps of {@code batch} rows; none if nothing is ever dropped. */
  Dropout(NetworkConfig config, int batch, int steps, long seed, Arena arena) {
    this.seed = seed;
    probability = (float) config.dropout();
    List<Long> units = config.dropoutUnits(steps);
    streams = new long[units.size()];
    for (int site = 0; site < streams.length; site++) {
      streams[site] = CounterRandom.stream("dropout." + site);
      masks.add(arena.allocate(probability == 0 ? 1 : batch * units.get(site) * Float.BYTES, 64));
    }
  }

  /**
   * Drops units.
   *
   * @param x [rows x any x any]
   * @param site its place in {@link NetworkConfig#dropoutUnits}
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
