/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.Gradient;
import dev.sublinear.gradient.SparseRows;
import dev.sublinear.kernel.CounterRandom;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class GradientNormTest {
  private final Arena arena = Arena.ofConfined();

  @AfterEach
  void close() {
    arena.close();
  }

  private DenseRows dense(int columns, float... values) {
    return new DenseRows(arena.allocateFrom(ValueLayout.JAVA_FLOAT, values), values.length / columns, columns);
  }

  @Test
  void of_denseAndSparse_isTheNormOverAll() {
    Gradient dense = dense(2, 1, 2, 4, 0);
    // Memory behind the used rows does not count.
    Gradient sparse = new SparseRows(new long[] {3}, 1, arena.allocateFrom(ValueLayout.JAVA_FLOAT, 2, 0, 100, 100), 2);
    assertEquals(5, GradientNorm.of(List.of(dense, sparse)));
    assertEquals(0, GradientNorm.of(List.of()));
    assertEquals(0, GradientNorm.of(List.of(new SparseRows(new long[0], 0, MemorySegment.NULL, 2))));
  }

  @Test
  void of_manyValues_agreesWithDouble() {
    for (int n : new int[] {1, 16, 4095, 4096, 4097, 100_003}) {
      MemorySegment values = arena.allocate(4L * n, 4);
      CounterRandom.fillUniform(values, n, 1, -1, 1);
      double exact = Math.sqrt(LongStream.range(0, n)
          .mapToDouble(i -> Math.pow(values.getAtIndex(ValueLayout.JAVA_FLOAT, i), 2)).sum());
      assertEquals(exact, GradientNorm.of(List.of(new DenseRows(values, n, 1))), 1e-5 * exact, "n " + n);
    }
  }

  @Test
  void clip_aboveTheLimit_scalesAllGradients() {
    DenseRows a = dense(1, 3, 0);
    DenseRows b = dense(1, 0, 4);
    assertEquals(5, GradientNorm.clip(List.of(a, b), 1));
    assertEquals(0.6f, a.values().getAtIndex(ValueLayout.JAVA_FLOAT, 0));
    assertEquals(0.8f, b.values().getAtIndex(ValueLayout.JAVA_FLOAT, 1));
    assertEquals(1, GradientNorm.of(List.of(a, b)), 1e-6);
  }

  @Test
  void clip_belowTheLimit_keepsBits() {
    DenseRows a = dense(1, 3, 4);
    assertEquals(5, GradientNorm.clip(List.of(a), 5));
    assertEquals(5, GradientNorm.clip(List.of(a), Double.POSITIVE_INFINITY));
    assertEquals(3, a.values().getAtIndex(ValueLayout.JAVA_FLOAT, 0));
  }

  @Test
  void clip_notFinite_leavesTheGradientAndReturnsTheNorm() {
    DenseRows infinite = dense(1, Float.POSITIVE_INFINITY, 1);
    DenseRows nan = dense(1, Float.NaN, 1);
    assertEquals(Double.POSITIVE_INFINITY, GradientNorm.clip(List.of(infinite), 1));
    assertTrue(Double.isNaN(GradientNorm.clip(List.of(nan), 1)));
    assertEquals(1, infinite.values().getAtIndex(ValueLayout.JAVA_FLOAT, 1));
    assertEquals(1, nan.values().getAtIndex(ValueLayout.JAVA_FLOAT, 1));
  }
}
