/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class CounterRandomTest {
  /**
   * The JDK's SplittableRandom is SplitMix64, whose n-th number is the finaliser of seed + n gamma: bits(seed, n - 1).
   */
  @Test
  void bits_areThoseOfSplitMix64() {
    SplittableRandom reference = new SplittableRandom(42);
    for (long index = 0; index < 1000; index++) {
      assertEquals(reference.nextLong(), CounterRandom.bits(42, index), "index " + index);
    }
  }

  /** Frozen, because checkpoints depend on them; the numbers were worked out in Python from the documented formulas. */
  @Test
  void key_ofKnownArguments_neverChanges() {
    assertEquals(-1496707118103794548L, CounterRandom.key(1, 2, 3));
    assertEquals(8657659141060898260L, CounterRandom.stream("bf16"));
  }

  @Test
  void uniform_isInRangeWithTheRightMean() {
    double sum = 0;
    int n = 100_000;
    for (int i = 0; i < n; i++) {
      float value = CounterRandom.uniform(7, i);
      double fine = CounterRandom.uniformDouble(7, i);
      assertTrue(value >= 0 && value < 1 && fine >= 0 && fine < 1);
      assertEquals(fine, value, 0x1.0p-24);
      sum += value;
    }
    assertEquals(0.5, sum / n, 4 * Math.sqrt(1.0 / 12 / n), "key 7");
  }

  @Test
  void below_anyBound_isInRange() {
    for (long bound : new long[] {1, 2, 3, 10, 1L << 40, Long.MAX_VALUE}) {
      for (int i = 0; i < 1000; i++) {
        long value = CounterRandom.below(9, i, bound);
        assertTrue(value >= 0 && value < bound, value + " of " + bound);
      }
    }
    assertThrows(IllegalArgumentException.class, () -> CounterRandom.below(9, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> CounterRandom.below(9, 0, -5));
  }

  @Test
  void fillUniform_isInRangeAndDependsOnTheIndexAlone() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment few = arena.allocate(4 * 100);
      MemorySegment many = arena.allocate(4 * 200_000);
      CounterRandom.fillUniform(few, 3, 4, -0.1f, 0.1f);
      CounterRandom.fillUniform(many, 3, 4, -0.1f, 0.1f);
      assertEquals(few.byteSize(), few.mismatch(many));
      for (long i = 0; i < 200_000; i++) {
        float value = many.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        assertTrue(value >= -0.1f && value < 0.1f, value + " at " + i);
      }
    }
  }
}
