/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.kernel.Scratch;
import dev.sublinear.layout.Int8;
import dev.sublinear.layout.MaxRowState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is particular to {@code int8}: the error of its code, what it does with the smallest, and what is not finite.
 */
final class Int8Test {
  private static final long SEED = 61;

  /** One row of state with its working memory. */
  private static final class Row implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final Scratch scratch = new Scratch(arena);
    private final int columns;
    private final MaxRowState state;
    private final MemorySegment x;
    private final MemorySegment out;
    private long t;

    Row(int columns) {
      this.columns = columns;
      state = (MaxRowState) new Int8().allocate(arena, SEED, 1, columns);
      x = arena.allocate(4L * columns, 64);
      out = arena.allocate(4L * columns, 64);
    }

    /** S becomes decay S + x. */
    void add(float decay, float... values) {
      set(values);
      state.beginStep(++t, decay, 1);
      state.accumulate(0, 0, columns, decay, 1, x, 0, out, 0, scratch.located(0, 0)[0], scratch);
    }

    void maximize(float... values) {
      set(values);
      state.maximize(0, 0, columns, x, 0, out, 0, scratch);
    }

    private void set(float... values) {
      for (int i = 0; i < columns; i++) {
        x.setAtIndex(ValueLayout.JAVA_FLOAT, i, values[i % values.length]);
      }
    }

    float[] stored() {
      state.query(0, 0, columns, out, 0, scratch.located(0, 0)[0], scratch);
      return out.toArray(ValueLayout.JAVA_FLOAT);
    }

    @Override
    public void close() {
      arena.close();
    }
  }

  private static float[] logNormal(int n, double sigma, boolean hasSign) {
    float[] values = new float[n];
    long key = CounterRandom.key(SEED, 1, 0);
    for (int i = 0; i < n; i++) {
      double normal = 0;
      for (int k = 0; k < 12; k++) {
        normal += CounterRandom.uniformDouble(key, 13L * i + k) - 0.5;
      }
      double sign = hasSign && CounterRandom.uniformDouble(key, 13L * i + 12) < 0.5 ? -1 : 1;
      values[i] = (float) (sign * StrictMath.exp(sigma * normal));
    }
    return values;
  }

  /** The bounds of the Javadoc, for lengths with and without packed groups and a last block. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 63, 64, 207, 256, 300, 1000})
  void accumulate_once_isWithinTheRelativeError(int n) {
    for (boolean hasSign : new boolean[] {false, true}) {
      try (Row row = new Row(n)) {
        float[] values = logNormal(n, 1, hasSign);
        row.add(0, values);
        float[] stored = row.stored();
        for (int i = 0; i < n; i++) {
          assertEquals(values[i], stored[i], Math.abs(values[i]) / 8, "column " + i);
        }
      }
    }
  }

  @Test
  void maximize_once_isWithinTheRelativeErrorAndStays() {
    try (Row row = new Row(300)) {
      float[] values = logNormal(300, 1, false);
      row.maximize(values);
      float[] stored = row.stored();
      for (int i = 0; i < 300; i++) {
        assertEquals(values[i], stored[i], values[i] / 16, "column " + i);
      }
      for (int t = 0; t < 100; t++) {
        row.maximize(0);
      }
      for (int i = 0; i < 300; i++) {
        assertEquals(stored[i], row.stored()[i], "column " + i);
      }
    }
  }

  /** The mean over many steps is the value: nothing drifts, also below the smallest of a block with signs. */
  @ParameterizedTest
  @ValueSource(doubles = {1, -0.3, 1e-3, -1e-5, 2.11e-5, 2.15e-5})
  void accumulate_often_keepsTheMean(double value) {
    int steps = 20_000;
    try (Row row = new Row(64)) {
      float[] values = new float[64];
      values[7] = 1;
      values[8] = -1;
      values[9] = (float) value;
      double sum = 0;
      for (int t = 0; t < steps; t++) {
        row.add(0, values);
        sum += row.stored()[9];
      }
      double unit = Math.max(Math.abs(value) / 8, 0x1p-15);
      assertEquals(value, sum / steps, 5 * unit / Math.sqrt(steps));
    }
  }

  /**
   * A second moment decays at the rate of beta2 although one step is far below a rounding: a tenth after 2302 steps.
   */
  @Test
  void accumulate_decayOfOneInAThousand_goesOn() {
    try (Row row = new Row(256)) {
      float[] values = logNormal(256, 1, false);
      row.add(0, values);
      for (int t = 0; t < 2302; t++) {
        row.add(0.999f, 0);
      }
      double before = 0;
      double after = 0;
      for (int i = 0; i < 256; i++) {
        before += values[i];
        after += row.stored()[i];
      }
      assertEquals(0.1, after / before, 0.015);
    }
  }

  /** What is divided by is never 0 where it was not, however large another column is. */
  @Test
  void accumulate_withoutSign_neverLosesASmallValue() {
    try (Row row = new Row(256)) {
      float[] values = new float[256];
      values[0] = 1e20f;
      values[1] = 1e-20f;
      for (int t = 0; t < 100; t++) {
        row.add(0.5f, values);
        assertTrue(row.stored()[1] >= 1e-20f, "step " + t);
        assertEquals(0, row.stored()[2], "step " + t);
      }
    }
  }

  /** NaN and infinities stay in their columns, and the others keep their values; the ends of the range stay finite. */
  @ParameterizedTest
  @ValueSource(ints = {5, 300})
  void accumulate_notFinite_staysInItsColumn(int n) {
    try (Row row = new Row(n)) {
      row.add(0, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1, -2);
      float[] stored = row.stored();
      for (int i = 0; i < n; i++) {
        switch (i % 5) {
          case 0 -> assertTrue(Float.isNaN(stored[i]));
          case 1 -> assertEquals(Float.POSITIVE_INFINITY, stored[i]);
          case 2 -> assertEquals(Float.NEGATIVE_INFINITY, stored[i]);
          case 3 -> assertEquals(1, stored[i]);
          default -> assertEquals(-2, stored[i]);
        }
      }
    }
    try (Row row = new Row(n)) {
      row.add(0, Float.MAX_VALUE, 1e-38f, 0, -0f, Float.MIN_VALUE);
      for (float value : row.stored()) {
        assertTrue(Float.isFinite(value) && value >= 0, "stored " + value);
      }
    }
  }

  @Test
  void bytes_ofAWideTable_areAQuarterOfDense() {
    assertEquals(100L * 1024 + 100 * 4 * 2, new Int8().bytes(100, 1024));
    assertEquals(100L * 257 + 100 * 2 * 2, new Int8().bytes(100, 257));
    assertEquals(100L + 100 * 2, new Int8().bytes(100));
  }
}
