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
import dev.sublinear.testkit.oracle.Sm3Moment;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The estimates of the layout {@code sm3}, by themselves: its bounds, its oracle, its two covers. */
final class Sm3Test {
  private static final long SEED = 43;
  private static final List<int[]> SHAPES =
      List.of(new int[] {7}, new int[] {7, 5}, new int[] {5, 1, 6}, new int[] {4, 3, 5}, new int[] {1, 4, 3},
          new int[] {3, 2, 2, 4});

  /** A moment of one tensor with its working memory, stepped as an optimizer does. */
  private static final class Table implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final Scratch scratch = new Scratch(arena);
    private final int rows;
    private final int columns;
    private final RowState state;
    private long t;

    Table(String layout, int... shape) {
      rows = shape[0];
      columns = Arrays.stream(shape).skip(1).reduce(1, Math::multiplyExact);
      state = Layouts.parse(layout).allocate(arena, SEED, Arrays.stream(shape).asLongStream().toArray());
    }

    Gradient dense(double... values) {
      return new DenseRows(floats(arena, values), rows, columns);
    }

    SparseRows sparse(long[] ids, double... values) {
      return new SparseRows(ids, ids.length, floats(arena, values), columns);
    }

    /** The estimates of the gradient's rows, one after the other. */
    double[] step(Gradient gradient, float decay, float scale) {
      double[] estimates = new double[(int) gradient.count() * columns];
      MemorySegment out = arena.allocate(4L * columns);
      MemorySegment x = arena.allocate(4L * columns);
      RowCells at = scratch.located(0, 0)[0];
      state.beginStep(++t, decay, scale);
      state.absorb(gradient, true);
      for (int column = 0; column < columns; column += Scratch.BLOCK) {
        int n = Math.min(Scratch.BLOCK, columns - column);
        state.enterColumns(column, n, Scratch.kept(0), scratch);
        for (int i = 0; i < gradient.count(); i++) {
          for (int c = 0; c < n; c++) {
            float g = gradient.values().get(ValueLayout.JAVA_FLOAT, gradient.offset(i) + 4L * (column + c));
            x.setAtIndex(ValueLayout.JAVA_FLOAT, c, g * g);
          }
          state.accumulate(gradient.row(i), column, n, decay, scale, x, 0, out, 0, at, scratch);
          for (int c = 0; c < n; c++) {
            estimates[i * columns + column + c] = out.getAtIndex(ValueLayout.JAVA_FLOAT, c);
          }
        }
        state.leaveColumns(column, n, Scratch.kept(0), scratch);
      }
      state.endStep();
      return estimates;
    }

    double[] sum(Gradient gradient) {
      return step(gradient, 1, 1);
    }

    double[] accumulators(int axis) {
      return doubles(state.arrays().get(axis).data());
    }

    @Override
    public void close() {
      arena.close();
    }
  }

  private static MemorySegment floats(Arena arena, double... values) {
    MemorySegment memory = arena.allocate(4L * values.length, 64);
    for (int i = 0; i < values.length; i++) {
      memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[i]);
    }
    return memory;
  }

  private static double[] doubles(MemorySegment floats) {
    float[] values = floats.toArray(ValueLayout.JAVA_FLOAT);
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  /** Small whole numbers, half of them 0, whose squares and sums are exact. */
  static double[] whole(int count, long step) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      double normal = Gradients.normal(SEED + 1000 * step, i);
      values[i] = normal > 0 ? Math.rint(3 * normal) : 0;
    }
    return values;
  }

  private static int elements(int... shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  @Test
  void estimates_ofTheWorkedExample_areThePapers() {
    double[][] gradients = {{3, 0, 0, 1}, {0, 2, 1, 0}, {1, 1, 2, 0}};
    double[][] first = {{9, 1, 1, 1}, {10, 5, 2, 2}, {14, 6, 6, 6}};
    double[][] second = {{9, 0, 0, 1}, {9, 5, 2, 1}, {10, 6, 6, 2}};
    double[][] rows = {{9, 1}, {9, 2}, {10, 6}};
    double[][] columns = {{9, 1}, {9, 5}, {10, 6}};
    try (Table i = new Table("sm3:variant=i", 2, 2); Table ii = new Table("sm3", 2, 2)) {
      for (int t = 0; t < 3; t++) {
        assertArrayEquals(first[t], i.sum(i.dense(gradients[t])));
        assertArrayEquals(second[t], ii.sum(ii.dense(gradients[t])));
        assertArrayEquals(rows[t], ii.accumulators(0));
        assertArrayEquals(columns[t], ii.accumulators(1));
      }
    }
  }

  /** Two spikes beside an element spoil its estimate, one does not. */
  @ParameterizedTest
  @ValueSource(strings = {"sm3", "sm3:variant=i"})
  void estimate_afterSpikesInBothSlices_isTheirs(String layout) {
    try (Table both = new Table(layout, 2, 2); Table one = new Table(layout, 2, 2)) {
      both.sum(both.dense(0, 100, 100, 0));
      double nu = both.sum(both.dense(0.1, 0, 0, 0))[0];
      assertEquals(10000.01, nu, 1e-3);
      assertEquals(9.999995e-4, 0.1 / Math.sqrt(nu), 1e-10);
      one.sum(one.dense(0, 100, 0, 0));
      assertEquals(0.01, one.sum(one.dense(0.1, 0, 0, 0))[0], 1e-9);
    }
  }

  /** With |g| equal throughout variant I adds up t g^2; the first estimate of II is always g^2. */
  @Test
  void estimates_ofConstantGradients_areTheirSums() {
    try (Table i = new Table("sm3:variant=i", 3, 4); Table ii = new Table("sm3", 3, 4)) {
      double[] constant = new double[12];
      Arrays.fill(constant, -0.5);
      for (int t = 1; t <= 9; t++) {
        double expected = 0.25 * t;
        assertTrue(Arrays.stream(i.sum(i.dense(constant))).allMatch(nu -> nu == expected));
      }
      double[] g = whole(12, 1);
      assertArrayEquals(Arrays.stream(g).map(x -> x * x).toArray(), ii.sum(ii.dense(g)));
    }
  }

  /** The sum of squares &lt;= II &lt;= I for every element in each of 200 steps, exactly, and II never falls. */
  @Test
  void estimates_ofAnyRank_boundTheSumInOrder() {
    for (int[] shape : SHAPES) {
      try (Table i = new Table("sm3:variant=i", shape); Table ii = new Table("sm3", shape)) {
        int n = elements(shape);
        double[] sums = new double[n];
        double[] before = new double[n];
        for (int t = 1; t <= 200; t++) {
          double[] g = whole(n, t);
          double[] first = i.sum(i.dense(g));
          double[] second = ii.sum(ii.dense(g));
          for (int k = 0; k < n; k++) {
            sums[k] += g[k] * g[k];
            String at = Arrays.toString(shape) + ", element " + k + ", step " + t;
            assertTrue(sums[k] <= second[k] && second[k] <= first[k] && before[k] <= second[k], at);
            before[k] = second[k];
          }
        }
      }
    }
  }

  /** The bounds hold for means, and through a change to sparse gradients and back, to rounding. */
  @ParameterizedTest
  @CsvSource({"1, 1", "0.9, 0.1"})
  void estimates_throughSparseGradients_boundTheMoment(float decay, float scale) {
    int rows = 9;
    int columns = 5;
    for (String layout : List.of("sm3", "sm3:variant=i")) {
      try (Table table = new Table(layout, rows, columns)) {
        DenseMoment moment = new DenseMoment(rows, columns);
        Gradients gradients = new Gradients(SEED, rows, columns);
        for (int t = 1; t <= 60; t++) {
          Gradient gradient = t < 20 || t % 3 == 0
              ? gradients.dense(table.arena, t, Values.NORMAL)
              : gradients.sparse(table.arena, t, 4, Values.NORMAL);
          double[] bounds = table.step(gradient, decay, scale);
          for (int i = 0; i < gradient.count(); i++) {
            double[] exact = moment.accumulate((int) gradient.row(i), decay, scale, squares(gradient, i));
            for (int c = 0; c < columns; c++) {
              assertTrue(exact[c] <= bounds[i * columns + c] * (1 + 1e-6), layout + ", step " + t);
            }
          }
        }
      }
    }
  }

  private static double[] squares(Gradient gradient, int i) {
    double[] squares = new double[gradient.columns()];
    for (int c = 0; c < squares.length; c++) {
      double g = gradient.values().get(ValueLayout.JAVA_FLOAT, gradient.offset(i) + 4L * c);
      squares[c] = g * g;
    }
    return squares;
  }

  /** Estimates and accumulators against the algorithms in double precision, within 4 t float ulp. */
  @ParameterizedTest
  @CsvSource({"1, 1", "0.99, 0.01"})
  void estimates_ofAnyRankAndVariant_areTheOracles(float decay, float scale) {
    for (int[] shape : SHAPES) {
      for (boolean isSecond : new boolean[] {true, false}) {
        try (Table table = new Table(isSecond ? "sm3" : "sm3:variant=i", shape)) {
          Sm3Moment oracle = new Sm3Moment(isSecond, shape);
          Gradients gradients = new Gradients(SEED, shape[0], table.columns);
          for (int t = 1; t <= 40; t++) {
            Gradient gradient = t > 30 && t % 2 == 0
                ? gradients.sparse(table.arena, t, 3, Values.NORMAL)
                : gradients.dense(table.arena, t, Values.NORMAL);
            double[] actual = table.step(gradient, decay, scale);
            int[] ids = IntStream.range(0, (int) gradient.count()).map(i -> (int) gradient.row(i)).toArray();
            double[][] x = IntStream.range(0, ids.length).mapToObj(i -> squares(gradient, i)).toArray(double[][]::new);
            oracle.absorb(ids, x, decay, scale);
            for (int i = 0; i < ids.length; i++) {
              double[] expected = oracle.accumulate(ids[i], decay, scale, x[i]);
              for (int c = 0; c < expected.length; c++) {
                assertEquals(expected[c], actual[i * expected.length + c], 4 * t * Math.ulp((float) expected[c]),
                    table.state + " " + Arrays.toString(shape) + ", row " + ids[i] + ", column " + c + ", step " + t);
              }
            }
          }
        }
      }
    }
  }

  /**
   * A gradient of few rows as a dense one, with zeros: other rows keep their accumulator, columns only grow, and no
   * estimate is above that of rows alone, which it equals where the column is not the smaller.
   */
  @Test
  void denseGradient_ofFewRows_boundsNoWorseThanRowsAlone() {
    int rows = 8;
    int columns = 6;
    try (Table dense = new Table("sm3", rows, columns); Table sparse = new Table("sm3", rows, columns)) {
      int below = 0;
      for (int t = 1; t <= 100; t++) {
        double[] g = whole(columns, t);
        int row = t * 5 % rows;
        double[] whole = new double[rows * columns];
        System.arraycopy(g, 0, whole, row * columns, columns);
        double[] rowsBefore = dense.accumulators(0);
        double[] columnsBefore = dense.accumulators(1);
        double rowAlone = sparse.accumulators(0)[row];
        double[] bounded = dense.sum(dense.dense(whole));
        double[] alone = sparse.sum(sparse.sparse(new long[] {row}, g));
        for (int c = 0; c < columns; c++) {
          assertEquals(rowAlone + g[c] * g[c], alone[c]);
          double nu = bounded[row * columns + c];
          assertTrue(nu <= alone[c]);
          below += nu < alone[c] ? 1 : 0;
          if (columnsBefore[c] >= rowsBefore[row] && rowsBefore[row] == rowAlone) {
            assertEquals(alone[c], nu);
          }
          assertTrue(dense.accumulators(1)[c] >= columnsBefore[c]);
          assertEquals(-1, sparse.accumulators(1)[c], "given up");
        }
        rowsBefore[row] = dense.accumulators(0)[row];
        assertArrayEquals(rowsBefore, dense.accumulators(0));
      }
      assertTrue(below > 100, "columns make a difference: " + below);
    }
  }

  /** What a NaN gives is NaN, and nothing else is. */
  @ParameterizedTest
  @ValueSource(strings = {"sm3", "sm3:variant=i"})
  void nan_inOneElement_spoilsNoSlice(String layout) {
    try (Table table = new Table(layout, 2, 3)) {
      table.sum(table.dense(1, Double.NaN, 2, 3, 1, 1));
      double[] next = table.sum(table.dense(1, 1, 1, 1, 1, 1));
      assertTrue(Arrays.stream(next).allMatch(Double::isFinite), Arrays.toString(next));
    }
  }

  /**
   * An infinite square stays in its element; where rows are alone theirs is the greatest float, which II lets decay.
   */
  @ParameterizedTest
  @ValueSource(strings = {"sm3", "sm3:variant=i"})
  void infiniteSquare_ofAnElement_boundsItAloneOrItsRow(String layout) {
    double infinity = Double.POSITIVE_INFINITY;
    try (Table dense = new Table(layout, 3, 2); Table sparse = new Table(layout, 3, 2)) {
      dense.step(dense.dense(1, 1e20, 1, 1, 1, 1), 0.5f, 0.5f);
      double[] bounds = dense.step(dense.dense(1, 1, 1, 1, 1, 1), 0.5f, 0.5f);
      assertArrayEquals(new double[] {1, infinity, 1, 1, 1, 1}, Arrays.stream(bounds).map(Math::ceil).toArray());
      SparseRows ones = sparse.sparse(new long[] {0, 1}, 1, 1, 1, 1);
      sparse.sum(sparse.sparse(new long[] {0, 1}, 1, 1e20, 1, 1));
      assertArrayEquals(new double[] {Float.MAX_VALUE, Float.MAX_VALUE, 2, 2}, sparse.sum(ones));
      double next = layout.equals("sm3") ? Float.MAX_VALUE / 2 : Float.MAX_VALUE;
      assertArrayEquals(new double[] {next, next, 1.5, 1.5}, sparse.step(ones, 0.5f, 0.5f));
    }
  }
}
