/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.Gradient;
import dev.sublinear.gradient.SparseRows;
import dev.sublinear.kernel.RowCells;
import dev.sublinear.kernel.Scratch;
import dev.sublinear.layout.Layouts;
import dev.sublinear.layout.RowState;
import dev.sublinear.testkit.gradients.Gradients;
import dev.sublinear.testkit.gradients.Gradients.Values;
import dev.sublinear.testkit.oracle.DenseMoment;
import dev.sublinear.testkit.oracle.Moment;
import dev.sublinear.testkit.oracle.RankOneMoment;
import dev.sublinear.testkit.oracle.RankOneSvdMoment;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is particular to {@code rank-one} and {@code rank-one-svd}: how well they approximate, and their edges. */
final class RankOneTest {
  private static final long SEED = 41;

  /** A moment of one table with its working memory, stepped as an optimizer does. */
  private static final class Table implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final Scratch scratch = new Scratch(arena);
    private final MemorySegment zeros = arena.allocate(4L * Scratch.BLOCK);
    private final MemorySegment out = arena.allocate(4L * Scratch.BLOCK);
    private final int rows;
    private final int columns;
    private final RowState state;
    private long t;

    Table(String layout, int rows, int columns) {
      this.rows = rows;
      this.columns = columns;
      state = Layouts.parse(layout).allocate(arena, SEED, rows, columns);
    }

    private MemorySegment floats(double... values) {
      MemorySegment memory = arena.allocate(4L * values.length);
      for (int i = 0; i < values.length; i++) {
        memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[i]);
      }
      return memory;
    }

    Gradient dense(double... values) {
      return new DenseRows(floats(values), rows, columns);
    }

    SparseRows row(long id, double... values) {
      return new SparseRows(new long[] {id}, 1, floats(values), columns);
    }

    /** A step without any accumulate: the estimates follow from the gradient alone. */
    void step(Gradient gradient, float decay, float scale, boolean ofSquares) {
      state.beginStep(++t, decay, scale);
      state.absorb(gradient, ofSquares);
      state.endStep();
    }

    double[] estimate(long row) {
      double[] estimate = new double[columns];
      for (int column = 0; column < columns; column += Scratch.BLOCK) {
        int n = Math.min(Scratch.BLOCK, columns - column);
        RowCells[] at = scratch.located(0, 0);
        state.locate(new long[] {row}, 1, column, at);
        state.accumulate(row, column, n, 1, 0, zeros, 0, out, 0, at[0], scratch);
        for (int c = 0; c < n; c++) {
          estimate[column + c] = out.getAtIndex(ValueLayout.JAVA_FLOAT, c);
        }
      }
      return estimate;
    }

    byte[] bytes(int array) {
      return state.arrays().get(array).data().toArray(ValueLayout.JAVA_BYTE);
    }

    @Override
    public void close() {
      arena.close();
    }
  }

  private static double[][] matrix(Gradient gradient, boolean squared) {
    double[][] x = new double[(int) gradient.count()][gradient.columns()];
    for (int i = 0; i < x.length; i++) {
      for (int c = 0; c < x[i].length; c++) {
        double g = gradient.values().get(ValueLayout.JAVA_FLOAT, gradient.offset(i) + 4L * c);
        x[i][c] = squared ? g * g : g;
      }
    }
    return x;
  }

  /** By hand: Adafactor's R, C and R C / sum(R) after two steps with beta2 = 1/2 on a matrix of 2 x 2. */
  @Test
  void rankOne_twoDenseSteps_areAdafactors() {
    try (Table table = new Table("rank-one", 2, 2)) {
      table.step(table.dense(1, 2, 3, 0), 0.5f, 0.5f, true);
      // Squares 1 4; 9 0: R = 2.5 4.5, C = 5 2, sum 7.
      assertArrayEquals(new double[] {2.5 * 5 / 7, 2.5 * 2 / 7}, table.estimate(0), 1e-6);
      assertArrayEquals(new double[] {4.5 * 5 / 7, 4.5 * 2 / 7}, table.estimate(1), 1e-6);
      table.step(table.dense(2, 0, 0, -1), 0.5f, 0.5f, true);
      // Squares 4 0; 0 1: R = 1.25 + 2, 2.25 + 0.5; C = 2.5 + 2, 1 + 0.5; sum 6.
      assertArrayEquals(new double[] {3.25 * 4.5 / 6, 3.25 * 1.5 / 6}, table.estimate(0), 1e-6);
      assertArrayEquals(new double[] {2.75 * 4.5 / 6, 2.75 * 1.5 / 6}, table.estimate(1), 1e-6);
    }
  }

  /** A row at rest keeps its sum; the column sums decay in every step with rows, and in no other. */
  @Test
  void rankOne_sparseSteps_decayRowsOnTouchAndColumnsOncePerStep() {
    try (Table table = new Table("rank-one", 2, 2)) {
      table.step(table.row(0, 1, 1), 0.5f, 1, true);
      table.step(table.row(1, 2, 0), 0.5f, 1, true);
      // R = 2 4; C = 0.5 + 4, 0.5.
      assertArrayEquals(new double[] {2 * 0.9, 2 * 0.1}, table.estimate(0), 1e-6);
      assertArrayEquals(new double[] {4 * 0.9, 4 * 0.1}, table.estimate(1), 1e-6);
      byte[] rows = table.bytes(0);
      byte[] columns = table.bytes(1);
      table.step(new SparseRows(new long[0], 0, MemorySegment.NULL, 2), 0.5f, 1, true);
      assertArrayEquals(rows, table.bytes(0));
      assertArrayEquals(columns, table.bytes(1));
    }
  }

  @Test
  void rankOne_forcedWithSumsThatCancel_estimatesZero() {
    try (Table table = new Table("rank-one:force=true", 2, 2)) {
      table.step(table.dense(1, -1, 1, -1), 0.5f, 1, false);
      assertArrayEquals(new double[2], table.estimate(0));
      table.step(table.dense(-0.0, 0, 0, 0), 0.5f, 1, false);
      assertArrayEquals(new double[2], table.estimate(0));
      table.step(table.dense(2, 0, 0, 1), 0.5f, 1, false);
      // The sums of the first step, 2 and -2, are 0.5 and -0.5 now: C = 2.5 0.5, R = 2 1.
      assertArrayEquals(new double[] {2 * 2.5 / 3, 2 * 0.5 / 3}, table.estimate(0), 1e-6);
    }
  }

  /**
   * On momentum of random gradients with a common direction, the paper's figure 2 in small: forced sums are much worse
   * than estimating 0, which is off by 1; the best of rank one is better than that.
   */
  @Test
  void rankOne_forcedOnMomentum_isWorseThanNothing() {
    int rows = 50;
    int columns = 16;
    try (Table forced = new Table("rank-one:force=true", rows, columns);
        Table svd = new Table("rank-one-svd", rows, columns)) {
      Moment exact = new DenseMoment(rows, columns);
      Gradients gradients = new Gradients(SEED, rows, columns);
      double worst = 0;
      double best = 0;
      for (int t = 1; t <= 60; t++) {
        Gradient gradient = gradients.dense(forced.arena, t, Values.NORMAL);
        for (int row = 0; row < rows; row++) {
          for (int c = 0; c < columns; c++) {
            long at = gradient.offset(row) + 4L * c;
            float common = (row % 2 == 0 ? 0.5f : -0.5f) * (c % 3 - 1);
            gradient.values().set(ValueLayout.JAVA_FLOAT, at,
                gradient.values().get(ValueLayout.JAVA_FLOAT, at) + common);
          }
        }
        forced.step(gradient, 0.9f, 1, false);
        svd.step(gradient, 0.9f, 1, false);
        double[][] x = matrix(gradient, false);
        double[] error = new double[3];
        for (int row = 0; row < rows; row++) {
          double[] truth = exact.accumulate(row, 0.9f, 1, x[row]);
          double[] bad = forced.estimate(row);
          double[] good = svd.estimate(row);
          for (int c = 0; c < columns; c++) {
            error[0] += truth[c] * truth[c];
            error[1] += (bad[c] - truth[c]) * (bad[c] - truth[c]);
            error[2] += (good[c] - truth[c]) * (good[c] - truth[c]);
          }
        }
        worst += Math.sqrt(error[1] / error[0]) / 60;
        best += Math.sqrt(error[2] / error[0]) / 60;
      }
      assertTrue(worst > 1.5, "mean relative error of forced sums " + worst);
      assertTrue(best < 0.8, "mean relative error of the best of rank one " + best);
    }
  }

  /** Where all steps are multiples of one matrix of rank one, both are exact, whatever its size. */
  @ParameterizedTest
  @CsvSource({"rank-one,true", "rank-one-svd,true", "rank-one-svd,false"})
  void estimate_ofARankOneSequence_isExact(String layout, boolean ofSquares) {
    for (int[] shape : new int[][] {{1, 1}, {1, 9}, {9, 1}, {2, 3}, {70, 11}, {3, 2055}}) {
      try (Table table = new Table(layout, shape[0], shape[1])) {
        double[] values = new double[shape[0] * shape[1]];
        double kept = 0;
        for (int t = 1; t <= 10; t++) {
          double factor = ofSquares ? t : t % 3 - 0.75;
          for (int i = 0; i < values.length; i++) {
            values[i] = factor * (1 + i / shape[1] % 7) * (i % shape[1] % 5 - 1.5);
          }
          table.step(table.dense(values), 0.75f, 0.25f, ofSquares);
          kept = 0.75 * kept + 0.25 * (ofSquares ? factor * factor : factor);
        }
        for (int row = 0; row < shape[0]; row++) {
          double[] estimate = table.estimate(row);
          for (int c = 0; c < shape[1]; c++) {
            double one = (1 + row % 7) * (c % 5 - 1.5);
            double expected = kept * (ofSquares ? one * one : one);
            assertEquals(expected, estimate[c], 3e-6 * Math.abs(expected), shape[0] + " x " + shape[1] + " at " + row);
          }
        }
      }
    }
  }

  /** Rows longer than a block of columns, sparse steps: the oracles in double. */
  @ParameterizedTest
  @CsvSource({"rank-one,true", "rank-one-svd,true"})
  void estimate_beyondABlockOfColumns_followsTheOracle(String layout, boolean ofSquares) {
    int rows = 7;
    int columns = Scratch.BLOCK + 31;
    Moment oracle = layout.equals("rank-one") ? new RankOneMoment(rows, columns) : new RankOneSvdMoment(columns, rows);
    try (Table table = new Table(layout, rows, columns)) {
      Gradients gradients = new Gradients(SEED, rows, columns);
      for (int t = 1; t <= 6; t++) {
        Gradient gradient = t % 2 == 0
            ? gradients.sparse(table.arena, t, 3, Values.NORMAL)
            : gradients.dense(table.arena, t, Values.NORMAL);
        table.step(gradient, 0.5f, 0.5f, ofSquares);
        int[] ids = IntStream.range(0, (int) gradient.count()).map(i -> (int) gradient.row(i)).toArray();
        absorb(oracle, ids, matrix(gradient, ofSquares), rows, columns);
      }
      for (int row = 0; row < rows; row++) {
        double[] estimate = table.estimate(row);
        double[] expected = estimates(oracle, row, columns);
        for (int c = 0; c < columns; c++) {
          assertEquals(expected[c], estimate[c], 2e-6, "row " + row + ", column " + c);
        }
      }
    }
  }

  /** Jacobi rotations of a thousand columns would take minutes: the oracle of the SVD gets the transposed matrix. */
  private static void absorb(Moment oracle, int[] ids, double[][] x, int rows, int columns) {
    if (oracle instanceof RankOneMoment) {
      oracle.absorb(ids, x, 0.5, 0.5);
      return;
    }
    double[][] transposed = new double[columns][rows];
    for (int i = 0; i < ids.length; i++) {
      for (int c = 0; c < columns; c++) {
        transposed[c][ids[i]] = x[i][c];
      }
    }
    oracle.absorb(IntStream.range(0, columns).toArray(), transposed, 0.5, 0.5);
  }

  private static double[] estimates(Moment oracle, int row, int columns) {
    return oracle instanceof RankOneMoment
        ? oracle.accumulate(row, 0.5, 0.5, new double[columns])
        : IntStream.range(0, columns).mapToDouble(c -> oracle.accumulate(c, 0.5, 0.5, new double[0])[row]).toArray();
  }

  /** A new direction that has nothing in common with the old one is found, for both signs. */
  @Test
  void svd_largerGradientElsewhere_isFound() {
    for (boolean ofSquares : new boolean[] {true, false}) {
      try (Table table = new Table("rank-one-svd", 2, 2)) {
        table.step(table.row(0, 1, 0), 0.5f, 1, ofSquares);
        assertArrayEquals(new double[] {1, 0}, table.estimate(0), 1e-6);
        table.step(table.row(1, 0, -3), 0.5f, 1, ofSquares);
        assertArrayEquals(new double[] {0, ofSquares ? 9 : -3}, table.estimate(1), 1e-6);
        assertArrayEquals(new double[2], table.estimate(0), 1e-6);
      }
    }
  }

  /** Zero gradients and steps without rows decay the whole; from nothing they leave nothing. */
  @Test
  void svd_stepsOfZeros_decayTheWhole() {
    try (Table table = new Table("rank-one-svd", 2, 3)) {
      SparseRows nothing = new SparseRows(new long[0], 0, MemorySegment.NULL, 3);
      table.step(nothing, 0.5f, 1, true);
      table.step(table.dense(new double[6]), 0.5f, 1, true);
      assertArrayEquals(new double[3], table.estimate(0));
      table.step(table.row(1, 1, 2, 0), 0.5f, 1, true);
      table.step(nothing, 0.5f, 1, true);
      table.step(table.row(0, 0, 0, 0), 0.5f, 1, true);
      assertArrayEquals(new double[3], table.estimate(0));
      assertArrayEquals(new double[] {0.25, 1, 0}, table.estimate(1), 1e-6);
    }
  }

  /** Second moments are never estimated below 0, whatever rounding does to a singular vector. */
  @Test
  void svd_ofSquares_isNeverNegative() {
    int columns = 37;
    try (Table table = new Table("rank-one-svd", 30, columns)) {
      Gradients gradients = new Gradients(SEED, 30, columns);
      for (int t = 1; t <= 20; t++) {
        table.step(gradients.sparse(table.arena, t, 6, Values.SPECIAL), 0.9f, 0.1f, true);
        for (int row = 0; row < 30; row++) {
          for (double value : table.estimate(row)) {
            assertTrue(value >= 0 && value < Double.POSITIVE_INFINITY, "row " + row + ", step " + t + ": " + value);
          }
        }
      }
    }
  }
}
