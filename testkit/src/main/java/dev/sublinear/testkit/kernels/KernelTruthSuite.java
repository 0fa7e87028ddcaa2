/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.kernel.Bfloat16;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.RowCells;
import dev.sublinear.kernel.Scratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernels of this JVM against definitions written another way. */
public class KernelTruthSuite {
  private static final Kernels KERNELS = KernelSelection.current().kernels();
  private static final int N = 4098;
  private static final long SEED = 30;

  /** The median is the middle of the sorted values, with signs applied, infinities and zeros of both signs included. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5, 7})
  public void median_ofDepth_isTheMiddleOfTheSortedValues(int depth) {
    try (Arena arena = Arena.ofConfined()) {
      for (boolean special : new boolean[] {false, true}) {
        MemorySegment cells = new Runs(SEED).floats(arena, depth, 0, depth * N, special);
        MemorySegment out = arena.allocate(4L * N);
        float[] signs = {1, -1, 1, 1, -1, -1, 1};
        MemorySegment before = arena.allocate(cells.byteSize(), 64).copyFrom(cells);
        query(arena, cells, signs, depth, out, N);
        for (int i = 0; i < N; i++) {
          float[] sorted = new float[depth];
          boolean nan = false;
          for (int j = 0; j < depth; j++) {
            sorted[j] = signs[j] * before.getAtIndex(ValueLayout.JAVA_FLOAT, (long) j * N + i);
            nan |= Float.isNaN(sorted[j]);
          }
          Arrays.sort(sorted);
          // A NaN has no place in an order; what a kernel returns then is fixed by equality with scalar alone. Of zeros
          // of both signs either may be the middle.
          if (!nan) {
            float median = out.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            assertTrue(sorted[depth / 2] == median,
                () -> "depth " + depth + ": " + Arrays.toString(sorted) + ", " + median);
          }
        }
      }
    }
  }

  /** Asks for the median of runs behind each other, by adding nothing. */
  private static void query(Arena arena, MemorySegment cells, float[] signs, int depth, MemorySegment out, int n) {
    MemorySegment zeros = arena.allocate(4L * n, 64);
    Scratch scratch = new Scratch(arena);
    RowCells row = scratch.located(0, 0)[0];
    row.depth = depth;
    row.isMedian = true;
    row.factor = 1;
    for (int j = 0; j < depth; j++) {
      row.offsets[j] = 4L * n * j;
      row.signs[j] = signs[j];
    }
    KERNELS.updateSketch(cells, row, n, zeros, 0, out, 0, scratch);
  }

  /** With cells that decay each by itself, the estimate is that of the new cells, bit for bit. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 5, 7})
  public void updateSketch_ownCells_decaysThemAndEstimatesTheNewOnes(int depth) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cells = new Runs(SEED).floats(arena, depth, 0, depth * N, false);
      MemorySegment x = new Runs(SEED).floats(arena, 8, 0, N, false);
      MemorySegment out = arena.allocate(4L * N);
      MemorySegment before = arena.allocate(cells.byteSize(), 64).copyFrom(cells);
      Scratch scratch = new Scratch(arena);
      RowCells row = scratch.located(0, 0)[0];
      row.depth = depth;
      row.isMedian = depth % 2 == 1;
      row.factor = 1;
      row.ofCell = 0.9f;
      row.ofNew = 0.1f;
      for (int j = 0; j < depth; j++) {
        row.offsets[j] = 4L * N * j;
        row.signs[j] = row.isMedian && j % 3 == 1 ? -1 : 1;
      }
      KERNELS.updateSketch(cells, row, N, x, 0, out, 0, scratch);
      float[] seen = new float[depth];
      for (int i = 0; i < N; i++) {
        for (int j = 0; j < depth; j++) {
          float expected = 0.9f * before.getAtIndex(ValueLayout.JAVA_FLOAT, (long) j * N + i)
              + row.signs[j] * (0.1f * x.getAtIndex(ValueLayout.JAVA_FLOAT, i));
          float cell = cells.getAtIndex(ValueLayout.JAVA_FLOAT, (long) j * N + i);
          assertEquals(expected + 0f, cell + 0f, "depth " + j + ", element " + i);
          seen[j] = row.signs[j] * cell;
        }
        Arrays.sort(seen);
        assertEquals(seen[row.isMedian ? depth / 2 : 0] + 0f, out.getAtIndex(ValueLayout.JAVA_FLOAT, i) + 0f,
            "element " + i);
      }
    }
  }

  /** Without a factor of the estimate a cell that is infinite or NaN spoils no other, nor is a -0 added to +0. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  public void updateSketch_withoutOldEstimate_keepsTheCellsApart(boolean isMedian) {
    float[][] cells = {{Float.NaN, 1, 2}, {3, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY}, {-0f, 1, 2}};
    for (float[] before : cells) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment memory = arena.allocate(4L * 3 * N, 64);
        MemorySegment zeros = arena.allocate(4L * N, 64);
        Scratch scratch = new Scratch(arena);
        RowCells row = scratch.located(0, 0)[0];
        row.depth = 3;
        row.isMedian = isMedian;
        row.factor = 1;
        row.ofNew = 1;
        for (int j = 0; j < 3; j++) {
          row.offsets[j] = 4L * N * j;
          row.signs[j] = 1;
          KERNELS.fill(memory, row.offsets[j], N, before[j]);
        }
        KERNELS.fill(zeros, 0, N, -0f);
        KERNELS.updateSketch(memory, row, N, zeros, 0, arena.allocate(4L * N, 64), 0, scratch);
        for (int i = 0; i < 3 * N; i++) {
          assertEquals(before[i / N], memory.getAtIndex(ValueLayout.JAVA_FLOAT, i), "cell " + i);
        }
      }
    }
  }

  /** The middle one of every order of few distinct values: all 7^7 arrangements, ties included. */
  @Test
  public void median_ofSeven_everyArrangement() {
    int arrangements = 823_543;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cells = arena.allocate(4L * 7 * arrangements);
      MemorySegment out = arena.allocate(4L * arrangements);
      float[] signs = {1, 1, 1, 1, 1, 1, 1};
      for (int a = 0, rest = 0; a < arrangements; a++, rest = a) {
        for (int j = 0; j < 7; j++, rest /= 7) {
          cells.setAtIndex(ValueLayout.JAVA_FLOAT, (long) j * arrangements + a, rest % 7);
        }
      }
      query(arena, cells, signs, 7, out, arrangements);
      int[] values = new int[7];
      for (int a = 0; a < arrangements; a++) {
        for (int j = 0; j < 7; j++) {
          values[j] = (int) cells.getAtIndex(ValueLayout.JAVA_FLOAT, (long) j * arrangements + a);
        }
        Arrays.sort(values);
        assertEquals(values[3], out.getAtIndex(ValueLayout.JAVA_FLOAT, a));
      }
    }
  }

  /** The sum is that of 16 lanes folded by halves, and close to the exact sum. */
  @Test
  public void sumOfSquares_isSixteenLanesFoldedByHalves() {
    try (Arena arena = Arena.ofConfined()) {
      for (int n : new int[] {0, 1, 3, 13, 15, 16, 17, 33, 207, 1024, N}) {
        MemorySegment x = new Runs(SEED).floats(arena, n, 4, n, false);
        float[] lanes = new float[16];
        double exact = 0;
        for (int i = 0; i < n; i++) {
          float value = x.get(ValueLayout.JAVA_FLOAT, 4 + 4L * i);
          lanes[i % 16] += value * value;
          exact += (double) value * value;
        }
        for (int apart = 8; apart >= 1; apart /= 2) {
          for (int lane = 0; lane < apart; lane++) {
            lanes[lane] += lanes[lane + apart];
          }
        }
        float sum = KERNELS.sumOfSquares(x, 4, n);
        assertEquals(lanes[0], sum, "n " + n);
        assertEquals(exact, sum, (n / 16.0 + 5) * 0x1.0p-24 * exact, "n " + n);
      }
    }
  }

  /** Column i of a packed run of n: of 32 columns, k and 16 + k are the low and the high half of one int. */
  private static short column(MemorySegment packed, int n, int i) {
    if (i >= n / 32 * 32) {
      return packed.getAtIndex(ValueLayout.JAVA_SHORT, i);
    }
    int pair = packed.getAtIndex(ValueLayout.JAVA_INT, i / 32 * 16 + i % 16);
    return (short) (i % 32 < 16 ? pair : pair >>> 16);
  }

  /** Nearest rounding picks the closer neighbour, or the even one of two equally close; every upper half is tried. */
  @Test
  public void roundNearest_isTheClosestBfloat16() {
    try (Arena arena = Arena.ofConfined()) {
      int[] lower = {0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF, 0x1234};
      int n = 65536 * lower.length;
      MemorySegment x = arena.allocate(4L * n);
      MemorySegment out = arena.allocate(2L * n);
      for (int i = 0; i < n; i++) {
        x.setAtIndex(ValueLayout.JAVA_INT, i, (i / lower.length) << 16 | lower[i % lower.length]);
      }
      KERNELS.roundNearest(x, 0, out, 0, n);
      for (int i = 0; i < n; i++) {
        float value = x.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        short half = column(out, n, i);
        float rounded = Bfloat16.toFloat(half);
        if (Float.isNaN(value)) {
          assertTrue(Float.isNaN(rounded));
        } else if (Float.isInfinite(value)) {
          assertEquals(value, rounded);
        } else {
          // Neighbours as doubles; the one beyond the largest finite bfloat16 is where it would be without the limit.
          double below = Bfloat16.toFloat((short) (x.getAtIndex(ValueLayout.JAVA_INT, i) >>> 16));
          double next = Float.intBitsToFloat((Float.floatToIntBits((float) below) & 0x7F80_0000) | 0x1_0000)
              - Float.intBitsToFloat(Float.floatToIntBits((float) below) & 0x7F80_0000);
          double above = below + Math.copySign(next, value);
          double down = Math.abs(value - below);
          double up = Math.abs(above - value);
          boolean even = ((x.getAtIndex(ValueLayout.JAVA_INT, i) >>> 16) & 1) == 0;
          double expected = down < up || (down == up && even) ? below : above;
          assertEquals(Math.abs(expected) >= 0x1.0p128 ? Math.copySign(Double.POSITIVE_INFINITY, expected) : expected,
              rounded, () -> "rounding of " + value);
        }
      }
    }
  }

  /** Stochastic rounding returns one of the two neighbours, is right in the mean, and keeps NaN, infinity and zero. */
  @Test
  public void roundStochastic_isANeighbourAndUnbiased() {
    int n = 40_000;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(4L * n);
      MemorySegment out = arena.allocate(2L * n);
      for (int k = 0; k < 64; k++) {
        float value = (float) (2 * CounterRandom.uniformDouble(SEED, k) - 1) * (float) Math.scalb(1.0, k - 32);
        KERNELS.fill(x, 0, n, value);
        KERNELS.roundStochastic(x, 0, out, 0, n, (int) CounterRandom.bits(SEED, k));
        int bits = Float.floatToRawIntBits(value);
        float below = Float.intBitsToFloat(bits & 0xFFFF_0000);
        float above = Float.intBitsToFloat((bits & 0xFFFF_0000) + 0x1_0000);
        double fraction = (bits & 0xFFFF) / 65536.0;
        int up = 0;
        for (int i = 0; i < n; i++) {
          float rounded = Bfloat16.toFloat(column(out, n, i));
          assertTrue(rounded == below || rounded == above, () -> rounded + " is no neighbour of " + value);
          up += rounded == above ? 1 : 0;
        }
        double deviation = Math.sqrt(n * fraction * (1 - fraction));
        assertEquals(n * fraction, up, 5 * deviation + 1, "value " + value + ", seed " + SEED);
      }
    }
  }

  /** What is a bfloat16 already stays what it is, whatever the noise. */
  @Test
  public void roundStochastic_ofBfloat16_isExact() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment halves = arena.allocate(2L * 65536);
      MemorySegment wide = arena.allocate(4L * 65536);
      MemorySegment back = arena.allocate(2L * 65536);
      for (int i = 0; i < 65536; i++) {
        halves.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) i);
      }
      KERNELS.widen(halves, 0, wide, 0, 65536);
      KERNELS.roundStochastic(wide, 0, back, 0, 65536, 12345);
      for (int i = 0; i < 65536; i++) {
        float value = Bfloat16.toFloat((short) i);
        float again = Bfloat16.toFloat(back.getAtIndex(ValueLayout.JAVA_SHORT, i));
        assertEquals(Float.floatToIntBits(value), Float.floatToIntBits(again), "pattern " + i);
        // Short 2k of a group of 32 is the low half of pair k, column k; short 2k + 1 is column 16 + k (little endian).
        int column = (i & ~31) + (i % 32) / 2 + (i % 2) * 16;
        assertEquals(Float.floatToIntBits(value),
            Float.floatToIntBits(wide.getAtIndex(ValueLayout.JAVA_FLOAT, column)), "pattern " + i);
      }
    }
  }

  /** A coordinate without a gradient stays where it is, even without epsilon: 0/0 is 0. */
  @Test
  public void adaptiveStep_zeroOverZero_isZero() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment theta = arena.allocate(4 * 40);
      MemorySegment zeros = arena.allocate(4 * 40);
      KERNELS.fill(theta, 0, 40, 1.25f);
      zeros.setAtIndex(ValueLayout.JAVA_FLOAT, 3, -0f);
      KERNELS.adaptiveStep(theta, 0, 40, 0.1f, zeros, 0, zeros, 0, 1, 0, Float.MAX_VALUE);
      for (int i = 0; i < 40; i++) {
        assertEquals(1.25f, theta.getAtIndex(ValueLayout.JAVA_FLOAT, i));
      }
    }
  }
}
