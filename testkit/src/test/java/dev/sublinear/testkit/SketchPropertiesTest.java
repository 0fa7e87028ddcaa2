/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.kernel.RowCells;
import dev.sublinear.kernel.Scratch;
import dev.sublinear.layout.Layouts;
import dev.sublinear.layout.RowState;
import dev.sublinear.layout.StateLayout;
import dev.sublinear.testkit.gradients.Gradients;
import dev.sublinear.testkit.oracle.SketchHashes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the theory says of sketches and their hashes, on one column, seen from outside. */
final class SketchPropertiesTest {
  private static final int ROWS = 4000;
  private static final long SEED = 40;
  private static final int SEEDS = 8;

  /** A sketch of one column with its working memory. */
  private static final class OneColumn implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final Scratch scratch = new Scratch(arena);
    private final MemorySegment x = arena.allocate(4);
    private final MemorySegment out = arena.allocate(4);
    private final RowState state;

    OneColumn(String layout, long rows, long seed) {
      state = Layouts.parse(layout).allocate(arena, seed, rows, 1);
    }

    float accumulate(long row, float decay, float scale, double value) {
      x.set(ValueLayout.JAVA_FLOAT, 0, (float) value);
      RowCells[] at = scratch.located(0, 0);
      state.locate(new long[] {row}, 1, 0, at);
      state.accumulate(row, 0, 1, decay, scale, x, 0, out, 0, at[0], scratch);
      return out.get(ValueLayout.JAVA_FLOAT, 0);
    }

    float query(long row) {
      return accumulate(row, 1, 0, 0);
    }

    float[] cells() {
      return state.arrays().getFirst().data().toArray(ValueLayout.JAVA_FLOAT);
    }

    @Override
    public void close() {
      arena.close();
    }
  }

  /** The text of a layout with exactly this many buckets in each depth. */
  private static String withWidth(String name, long rows, long width, int depth) {
    String text = name + ":" + (double) width * depth / rows + ":depth=" + depth;
    StateLayout layout = Layouts.parse(text);
    assertEquals(4 * width * depth, layout.bytes(rows, 1), text);
    return text;
  }

  /** The bucket of each row in each depth, [depth][row], and the sign it is met with, found by adding 1 to the row. */
  private static int[][][] places(long rows, int width, int depth, long seed) {
    int[][] buckets = new int[depth][(int) rows];
    int[][] signs = new int[depth][(int) rows];
    try (OneColumn sketch = new OneColumn(withWidth("count-sketch", rows, width, depth), rows, seed)) {
      for (int row = 0; row < rows; row++) {
        sketch.accumulate(row, 1, 1, 1);
        float[] cells = sketch.cells();
        for (int j = 0; j < depth; j++) {
          int found = 0;
          for (int bucket = 0; bucket < width; bucket++) {
            if (cells[j * width + bucket] != 0) {
              buckets[j][row] = bucket;
              signs[j][row] = (int) cells[j * width + bucket];
              found++;
            }
          }
          assertEquals(1, found, "cells of row " + row + " in depth " + j);
        }
        sketch.state.arrays().getFirst().data().fill((byte) 0);
      }
    }
    return new int[][][] {buckets, signs};
  }

  @Test
  void accumulate_oneRow_meetsTheDocumentedBucketsAndSigns() {
    int[][][] places = places(ROWS, 50, 7, SEED);
    SketchHashes hashes = new SketchHashes(SEED, 50, ROWS);
    for (int j = 0; j < 7; j++) {
      for (int row = 0; row < ROWS; row++) {
        assertEquals(hashes.bucket(j, row), places[0][j][row]);
        assertEquals(hashes.sign(j, row), places[1][j][row]);
      }
    }
  }

  /** Chi-square of 50 buckets has mean 49 and deviation 9.9; pairs of depths are tested for independence likewise. */
  @Test
  void buckets_areUniformAndIndependentBetweenDepths() {
    int width = 50;
    int[][] buckets = places(ROWS, width, 7, SEED)[0];
    for (int j = 0; j < 7; j++) {
      int[] counts = new int[width];
      int[] pairs = new int[100];
      for (int row = 0; row < ROWS; row++) {
        counts[buckets[j][row]]++;
      }
      assertTrue(Math.abs(chiSquare(counts) - 49) < 4 * 9.9,
          "depth " + j + ": " + chiSquare(counts) + ", seed " + SEED);
      for (int k = 0; k < j; k++) {
        Arrays.fill(pairs, 0);
        for (int row = 0; row < ROWS; row++) {
          pairs[buckets[j][row] / 5 * 10 + buckets[k][row] / 5]++;
        }
        assertTrue(Math.abs(chiSquare(pairs) - 99) < 4 * 14.1,
            "depths " + j + " and " + k + ": " + chiSquare(pairs) + ", seed " + SEED);
      }
    }
  }

  private static double chiSquare(int[] counts) {
    double expected = Arrays.stream(counts).average().orElseThrow();
    return Arrays.stream(counts).mapToDouble(n -> (n - expected) * (n - expected) / expected).sum();
  }

  @Test
  void signs_areBalancedAndIndependentOfBucketsAndDepths() {
    int[][][] places = places(ROWS, 50, 7, SEED);
    double bound = 4 * Math.sqrt(ROWS);
    for (int j = 0; j < 7; j++) {
      int sum = 0;
      int agreement = 0;
      int inLowerHalf = 0;
      for (int row = 0; row < ROWS; row++) {
        int sign = places[1][j][row];
        sum += sign;
        agreement += sign * places[1][(j + 1) % 7][row];
        inLowerHalf += places[0][j][row] < 25 ? sign : 0;
      }
      assertTrue(Math.abs(sum) < bound, "depth " + j + ": " + sum + ", seed " + SEED);
      assertTrue(Math.abs(agreement) < bound, "depth " + j + ": " + agreement + ", seed " + SEED);
      assertTrue(Math.abs(inLowerHalf) < bound, "depth " + j + ": " + inLowerHalf + ", seed " + SEED);
    }
  }

  /** So that a sketch can be folded: halving the width sends buckets 2k and 2k + 1 to k and keeps the signs. */
  @Test
  void buckets_ofHalfTheWidth_areHalfTheBuckets() {
    int[][][] wide = places(ROWS, 100, 3, SEED);
    int[][][] narrow = places(ROWS, 50, 3, SEED);
    for (int j = 0; j < 3; j++) {
      for (int row = 0; row < ROWS; row++) {
        assertEquals(wide[0][j][row] / 2, narrow[0][j][row]);
        assertEquals(wide[1][j][row], narrow[1][j][row]);
      }
    }
  }

  @Test
  void buckets_ofOtherSeeds_areOthers() {
    Set<String> seen = new HashSet<>();
    for (long seed = 0; seed < 5; seed++) {
      int[][] buckets = places(200, 50, 3, seed)[0];
      for (int[] depth : buckets) {
        assertTrue(seen.add(Arrays.toString(depth)), "seed " + seed);
      }
    }
  }

  /** Depth 1, many seeds: the mean of the estimate is the true value, to 4 deviations of the mean. */
  @Test
  void estimate_ofSignedSketch_isUnbiased() {
    int rows = 40;
    int trials = 4000;
    double[] truth = values(rows, true);
    double norm2 = Arrays.stream(truth).map(v -> v * v).sum();
    String layout = withWidth("count-sketch", rows, 8, 1);
    double[] sums = new double[3];
    for (int seed = 0; seed < trials; seed++) {
      try (OneColumn sketch = new OneColumn(layout, rows, seed)) {
        for (int row = 0; row < rows; row++) {
          sketch.accumulate(row, 1, 1, truth[row]);
        }
        for (int row = 0; row < sums.length; row++) {
          sums[row] += sketch.query(row);
        }
      }
    }
    for (int row = 0; row < sums.length; row++) {
      double deviation = Math.sqrt((norm2 - truth[row] * truth[row]) / 8 / trials);
      assertEquals(truth[row], sums[row] / trials, 4 * deviation, "row " + row);
      assertTrue(deviation < 0.05 * Math.sqrt(norm2), "the test would not notice a bias");
    }
  }

  /**
   * Count-min of width e/error: never below the truth, and above it by more than {@code error ||S||_1} in at most
   * e^-depth of the rows.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void countMin_rawUpdates_keepsItsBound(int depth) {
    int width = 80;
    double[] truth = values(ROWS, false);
    double error = Math.E / width * Arrays.stream(truth).sum();
    int beyond = 0;
    for (long seed = SEED; seed < SEED + SEEDS; seed++) {
      try (OneColumn sketch = new OneColumn(withWidth("count-min", ROWS, width, depth), ROWS, seed)) {
        for (int row = 0; row < ROWS; row++) {
          sketch.accumulate(row, 1, 1, truth[row]);
        }
        for (int row = 0; row < ROWS; row++) {
          double estimate = sketch.query(row);
          assertTrue(estimate >= truth[row] * (1 - 1e-5), "row " + row + ", seed " + seed);
          beyond += estimate - truth[row] > error ? 1 : 0;
        }
      }
    }
    assertTrue(beyond <= Math.exp(-depth) * ROWS * SEEDS, beyond + " rows of " + SEEDS * ROWS + " beyond the bound");
  }

  /**
   * Count-sketch of width 4/error^2: by Chebyshev a depth errs by more than {@code error ||S||_2} with probability 1/4,
   * and the median only if more than half of the depths do.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5, 7})
  void countSketch_rawUpdates_keepsItsBound(int depth) {
    int width = 100;
    double[] truth = values(ROWS, true);
    double error = Math.sqrt(4.0 / width) * Math.sqrt(Arrays.stream(truth).map(v -> v * v).sum());
    double chance = 0;
    for (int failed = depth / 2 + 1; failed <= depth; failed++) {
      chance += choose(depth, failed) * Math.pow(0.25, failed) * Math.pow(0.75, depth - failed);
    }
    int beyond = 0;
    for (long seed = SEED; seed < SEED + SEEDS; seed++) {
      try (OneColumn sketch = new OneColumn(withWidth("count-sketch", ROWS, width, depth), ROWS, seed)) {
        for (int row = 0; row < ROWS; row++) {
          sketch.accumulate(row, 1, 1, truth[row]);
        }
        for (int row = 0; row < ROWS; row++) {
          beyond += Math.abs(sketch.query(row) - truth[row]) > error ? 1 : 0;
        }
      }
    }
    assertTrue(beyond <= chance * ROWS * SEEDS, beyond + " rows of " + SEEDS * ROWS + " beyond the bound");
  }

  private static double choose(int n, int k) {
    return k == 0 ? 1 : choose(n - 1, k - 1) * n / k;
  }

  /**
   * With decay of the whole the sketch is that of the true exponential mean, through 300 steps and renormalizations.
   */
  @ParameterizedTest
  @ValueSource(strings = {"count-min", "count-sketch"})
  void globalDecay_isTheSketchOfTheTrueMean(String name) {
    int rows = 300;
    int width = 60;
    float decay = 0.9f;
    float scale = 0.1f;
    boolean signed = name.equals("count-sketch");
    double[] mean = new double[rows];
    try (OneColumn sketch = new OneColumn(withWidth(name, rows, width, 3) + ":decay=global", rows, SEED);
        OneColumn raw = new OneColumn(withWidth(name, rows, width, 3), rows, SEED)) {
      for (int t = 1; t <= 300; t++) {
        long key = CounterRandom.key(SEED, 1, t);
        sketch.state.beginStep(t, decay, scale);
        for (int row = 0; row < rows; row++) {
          mean[row] *= decay;
          if (CounterRandom.uniform(key, row) < 0.2) {
            double x = signed ? Gradients.normal(key, row) : Math.abs(Gradients.normal(key, row));
            mean[row] += scale * x;
            sketch.accumulate(row, decay, scale, x);
          }
        }
        sketch.state.endStep();
      }
      double size = Arrays.stream(mean).map(Math::abs).sum();
      for (int row = 0; row < rows; row++) {
        raw.accumulate(row, 1, 1, mean[row]);
      }
      double factor = sketch.state.arrays().get(1).data().get(ValueLayout.JAVA_DOUBLE, 0);
      assertTrue(factor >= 0x1.0p-20 && factor <= 1, "factor " + factor);
      float[] cells = sketch.cells();
      float[] expected = raw.cells();
      for (int i = 0; i < cells.length; i++) {
        assertEquals(expected[i], factor * cells[i], 1e-6 * size, "cell " + i + ", seed " + SEED);
      }
      for (int row = 0; row < rows; row++) {
        double estimate = raw.query(row);
        assertEquals(estimate, sketch.accumulate(row, decay, 0, 0), 1e-6 * size, "row " + row + ", seed " + SEED);
        assertTrue(signed || estimate >= mean[row] - 1e-6 * size, "row " + row + ", seed " + SEED);
      }
    }
  }

  /** Estimates after an update with decay of touched rows are those of a second query, as the paper has it. */
  @ParameterizedTest
  @CsvSource({"count-min,''", "count-sketch,''", "count-min,:decay=queried", "count-sketch,:decay=queried"})
  void touchedDecay_returnsWhatASecondQueryWould(String name, String decay) {
    int rows = 100;
    try (OneColumn sketch = new OneColumn(withWidth(name, rows, 20, 3) + decay, rows, SEED)) {
      for (int i = 0; i < 3000; i++) {
        int row = (int) CounterRandom.below(SEED, i, rows);
        double x = Gradients.normal(SEED, i);
        float estimate = sketch.accumulate(row, 0.9f, 0.1f, name.equals("count-min") ? x * x : x);
        assertEquals(Float.floatToIntBits(sketch.query(row) + 0f), Float.floatToIntBits(estimate + 0f), "update " + i);
        assertTrue(name.equals("count-sketch") || estimate >= 0, "update " + i);
      }
    }
  }

  /** Cleaning multiplies every cell, before the step's updates, in the steps that the period divides. */
  @ParameterizedTest
  @ValueSource(strings = {"", ":decay=global"})
  void cleaning_everyThirdStep_multipliesTheCells(String decay) {
    try (OneColumn sketch = new OneColumn("count-min:0.5:depth=1:clean=3x0.25" + decay, 20, SEED)) {
      sketch.accumulate(7, 1, 1, 64);
      for (int t = 1; t <= 7; t++) {
        sketch.state.beginStep(t, 1, 1);
        sketch.state.endStep();
        assertEquals(t < 3 ? 64 : t < 6 ? 16 : 4, sketch.query(7), "step " + t);
      }
    }
  }

  /** bfloat16 cells: an update smaller than half a unit is not lost, because rounding is right in the mean. */
  @Test
  void bf16Cells_manySmallUpdates_addUpInTheMean() {
    double sum = 0;
    int trials = 200;
    for (int seed = 0; seed < trials; seed++) {
      try (OneColumn sketch = new OneColumn("count-sketch:1:depth=1:cells=bf16", 2, seed)) {
        sketch.state.beginStep(1, 1, 1);
        sketch.accumulate(0, 1, 1, 1);
        for (int t = 2; t <= 101; t++) {
          sketch.state.beginStep(t, 1, 1);
          sketch.accumulate(0, 1, 1, 0.0005);
        }
        sum += Math.abs(sketch.query(0));
      }
    }
    // 100 roundings with unit 2^-7, deviation at most sqrt(0.0005 / 2^-7) units each.
    double deviation = Math.sqrt(100.0 * 0.0005 / 0x1.0p-7 / trials) * 0x1.0p-7;
    assertEquals(1.05, sum / trials, 4 * deviation);
    assertNotEquals(1.0, sum / trials, 0.02);
  }

  private static double[] values(int rows, boolean signed) {
    double[] values = new double[rows];
    Arrays.setAll(values, i -> {
      double normal = (float) (Gradients.normal(CounterRandom.key(SEED, 2, 3), i) * 30 / (i + 10));
      return signed ? normal : Math.abs(normal);
    });
    return values;
  }
}
