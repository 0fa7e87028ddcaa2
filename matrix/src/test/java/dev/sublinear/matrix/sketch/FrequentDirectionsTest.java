/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.sketch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.matrix.linear.LinearAlgebra;
import dev.sublinear.matrix.sketch.FrequentDirections.Options;
import dev.sublinear.testkit.AllocationMeter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The sketch against algorithm 1 in plain Java, the bounds of the paper, and worked examples. */
final class FrequentDirectionsTest {
  private static final LinearAlgebra ALGEBRA = LinearAlgebra.openBlas();
  static final double[] BETAS = {1, 0.99, 0.9};
  static final int D = 9;

  static FrequentDirections sketch(int size, double beta2, int columns) {
    return new FrequentDirections(ALGEBRA, Options.ofSize(size).decayed(beta2, TailDecay.BETA2), columns);
  }

  static FrequentDirections fast(int size, double beta2, int columns) {
    return new FrequentDirections(ALGEBRA, Options.ofSize(size).decayed(beta2, TailDecay.BETA2).fast(), columns);
  }

  /** Rows whose elements fall off by column, so that there is a spectrum to sketch. */
  static double[] matrix(int rows, int columns, SplittableRandom random) {
    double[] a = new double[rows * columns];
    for (int i = 0; i < a.length; i++) {
      a[i] = random.nextGaussian() * 3 / (1 + i % columns);
    }
    return a;
  }

  static double[] squared(FrequentDirections sketch) {
    return SketchOracle.square(sketch.rows(), sketch.columns());
  }

  static void assertClose(SketchOracle oracle, FrequentDirections sketch, String where) {
    double scale = 1e-13 * (1 + SketchOracle.trace(oracle.sum, oracle.columns));
    assertArrayEquals(oracle.sketch(), squared(sketch), scale, where);
    assertEquals(oracle.escaped, sketch.escapedMass(), scale, where);
  }

  /** 0 <= G - Gbar <= rho I, rho <= Omega, tr G - tr Gbar >= l rho. */
  static void assertBounds(double[] sum, FrequentDirections sketch, String where) {
    int d = sketch.columns();
    int size = sketch.options().size();
    double rounding = 1e-12 * (1 + SketchOracle.trace(sum, d));
    double[] sketched = squared(sketch);
    double[] gaps = Jacobi.eigenvalues(SketchOracle.plus(sum, -1, sketched), d);
    assertTrue(gaps[0] >= -rounding, where);
    assertTrue(gaps[d - 1] <= sketch.escapedMass() + rounding, where);
    assertTrue(sketch.escapedMass() <= SketchOracle.omega(sum, d, size) + rounding, where);
    double lost = SketchOracle.trace(sum, d) - SketchOracle.trace(sketched, d);
    assertTrue(lost >= size * sketch.escapedMass() - rounding, where);
  }

  @Test
  void update_byVectors_isAlgorithm1AndInItsBounds() {
    for (double beta2 : BETAS) {
      for (int size : new int[] {1, 2, 5, D, D + 1}) {
        SplittableRandom random = new SplittableRandom(size);
        SketchOracle oracle = new SketchOracle(size, D, beta2);
        FrequentDirections sketch = sketch(size, beta2, D);
        double[] previous = new double[D * D];
        for (int t = 0; t < 60; t++) {
          double[] g = matrix(1, D, random);
          sketch.update(-0.5, g);
          oracle.update(Arrays.stream(g).map(x -> -0.5 * x).toArray());
          String where = "l " + size + ", beta2 " + beta2 + ", t " + t;
          assertClose(oracle, sketch, where);
          assertEquals(oracle.last, sketch.lastEscapedMass(), 1e-12 * (1 + oracle.last), where);
          assertBounds(oracle.sum, sketch, where);
          double trace = SketchOracle.trace(oracle.sum, D);
          assertEquals(size * sketch.escapedMass(), trace - SketchOracle.trace(squared(sketch), D), 1e-12 * trace);
          double[] whole = SketchOracle.plusDiagonal(squared(sketch), sketch.escapedMass(), D);
          double[] gained = Jacobi.eigenvalues(SketchOracle.plus(whole, -beta2, previous), D);
          assertTrue(gained[0] >= -1e-12 * trace, where);
          previous = whole;
        }
      }
    }
  }

  @Test
  void update_byMatrices_isAlgorithm1AndInItsBounds() {
    for (double beta2 : BETAS) {
      for (int size : new int[] {1, 4, D + 1}) {
        for (int rows : new int[] {0, 3, 20}) {
          SplittableRandom random = new SplittableRandom(rows);
          SketchOracle oracle = new SketchOracle(size, D, beta2);
          FrequentDirections sketch = sketch(size, beta2, D);
          for (int t = 0; t < 15; t++) {
            double[] a = matrix(rows, D, random);
            oracle.update(a);
            try (Arena arena = Arena.ofConfined()) {
              sketch.update(rows, arena.allocateFrom(ValueLayout.JAVA_DOUBLE, a));
            }
            String where = "l " + size + ", rows " + rows + ", beta2 " + beta2 + ", t " + t;
            assertClose(oracle, sketch, where);
            assertBounds(oracle.sum, sketch, where);
          }
        }
      }
    }
  }

  @Test
  void update_directions_areOrthonormalAndDiagonalize() {
    SplittableRandom random = new SplittableRandom(3);
    FrequentDirections sketch = sketch(6, 0.99, 40);
    for (int t = 0; t < 50; t++) {
      sketch.update(1, matrix(1, 40, random));
    }
    assertEquals(5, sketch.kept());
    double[] p = sketch.directions().toArray(ValueLayout.JAVA_DOUBLE);
    assertEquals(5 * 40, p.length);
    double[] rows = new double[p.length];
    for (int i = 0; i < 5; i++) {
      assertTrue(i == 0 || sketch.eigenvalue(i) <= sketch.eigenvalue(i - 1));
      for (int j = 0; j <= i; j++) {
        assertEquals(i == j ? 1 : 0, dot(p, i, p, j, 40), 1e-12);
      }
      for (int j = 0; j < 40; j++) {
        rows[i * 40 + j] = Math.sqrt(sketch.eigenvalue(i)) * p[i * 40 + j];
      }
    }
    assertArrayEquals(rows, sketch.rows(), 1e-15);
  }

  private static double dot(double[] a, int i, double[] b, int j, int n) {
    double sum = 0;
    for (int k = 0; k < n; k++) {
      sum += a[i * n + k] * b[j * n + k];
    }
    return sum;
  }

  /** Worked examples of the specification: basis vectors count as in Misra-Gries, and two small streams. */
  @Test
  void update_basisVectors_countsAsMisraGries() {
    FrequentDirections sketch = sketch(3, 1, 4);
    int[] stream = {0, 0, 1, 0, 2, 1, 3, 0};
    double[] escaped = {0, 0, 0, 0, 1, 0, 1, 0};
    for (int t = 0; t < stream.length; t++) {
      double[] g = new double[4];
      g[stream[t]] = 1;
      sketch.update(1, g);
      assertEquals(escaped[t], sketch.lastEscapedMass(), 1e-13);
    }
    double[] expected = new double[16];
    expected[0] = 2;
    assertArrayEquals(expected, squared(sketch), 1e-13);
    assertEquals(2, sketch.escapedMass(), 1e-13);
  }

  @Test
  void update_workedExamples_giveTheirNumbers() {
    FrequentDirections two = sketch(2, 1, 3);
    two.update(2, new double[] {1, 0, 0});
    assertEquals(0, two.lastEscapedMass());
    two.update(1, new double[] {0, 1, 0});
    assertEquals(1, two.lastEscapedMass(), 1e-13);
    assertArrayEquals(new double[] {3, 0, 0, 0, 0, 0, 0, 0, 0}, squared(two), 1e-13);

    FrequentDirections sketch = new FrequentDirections(ALGEBRA, Options.ofRank(1), 4);
    double[][] stream = {{3, 4, 0, 0}, {0, 0, 5, 12}, {1, 0, 0, 0}};
    double[] escaped = {0, 25, 1};
    for (int t = 0; t < 3; t++) {
      sketch.update(1, stream[t]);
      assertEquals(escaped[t], sketch.lastEscapedMass(), 1e-12);
    }
    double[] gbar = squared(sketch);
    assertEquals(21.1538461538, gbar[10], 1e-9);
    assertEquals(50.7692307692, gbar[11], 1e-9);
    assertEquals(121.8461538462, gbar[15], 1e-9);
    assertEquals(11.958260743101, Math.sqrt(sketch.eigenvalue(0)), 1e-12);
    assertEquals(26, sketch.escapedMass(), 1e-12);
  }

  /** Both axes of a 3 x 4 tensor, rank 2, beta2 = 0.9, in an independent port of the published code. */
  @Test
  void update_byTensorUnfoldings_givesTheStateOfThePublishedCode() {
    double[][] roots = {{3.519450392846751, 2.7467398228469744}, {3.434032687381112, 2.533421770366859}};
    Map<TailDecay, double[]> tails = Map.of(TailDecay.BETA2, new double[] {3.4267250996298886, 3.6807195779541724},
        TailDecay.SQUARE_ROOT, new double[] {3.6748492520310574, 3.944379444297973});
    for (TailDecay tail : TailDecay.values()) {
      for (int axis = 0; axis < 2; axis++) {
        int d = 3 + axis;
        FrequentDirections sketch = new FrequentDirections(ALGEBRA, Options.ofRank(2).decayed(0.9, tail), d);
        for (int t = 0; t < 4; t++) {
          double[] unfolded = new double[12];
          for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 4; j++) {
              unfolded[axis == 0 ? j * 3 + i : i * 4 + j] = Math.sin(1 + 3 * t + 2 * i + 5 * j) + (i == j ? 1 : 0);
            }
          }
          sketch.update(12 / d, MemorySegment.ofArray(unfolded));
        }
        assertEquals(tails.get(tail)[axis], sketch.escapedMass(), 1e-12);
        assertEquals(roots[axis][0], Math.sqrt(sketch.eigenvalue(0)), 1e-12);
        assertEquals(roots[axis][1], Math.sqrt(sketch.eigenvalue(1)), 1e-12);
      }
    }
  }

  @Test
  void update_sizeAboveTheRank_isExact() {
    SplittableRandom random = new SplittableRandom(5);
    double[] basis = matrix(3, D, random);
    for (FrequentDirections sketch : new FrequentDirections[] {sketch(4, 1, D), sketch(D + 1, 1, D), fast(4, 1, D)}) {
      SketchOracle oracle = new SketchOracle(sketch.options().size(), D, 1);
      for (int t = 0; t < 50; t++) {
        double[] g = new double[D];
        for (int k = 0; k < 3; k++) {
          double factor = random.nextGaussian();
          for (int i = 0; i < D; i++) {
            g[i] += factor * basis[k * D + i];
          }
        }
        sketch.update(1, g);
        oracle.add(g);
        assertEquals(0, sketch.escapedMass());
        assertArrayEquals(oracle.sum, squared(sketch), 1e-12 * SketchOracle.trace(oracle.sum, D));
      }
      sketch.decompose();
      assertEquals(3, sketch.kept());
    }
  }

  /** l = 1 keeps nothing but the sum of squared norms; one column is the scalar sum. */
  @Test
  void update_smallestSizes_areScalarSums() {
    FrequentDirections norm = sketch(1, 1, 3);
    FrequentDirections scalar = sketch(2, 1, 1);
    norm.update(1, new double[] {1, 2, 2});
    norm.update(2, new double[] {0, 3, 4});
    scalar.update(1, new double[] {3});
    scalar.update(1, new double[] {-4});
    assertEquals(109, norm.escapedMass(), 1e-12);
    assertEquals(0, norm.kept());
    double[] y = new double[3];
    norm.apply(new double[0], 0.5, new double[] {2, 4, 6}, y);
    assertArrayEquals(new double[] {1, 2, 3}, y);
    assertEquals(25, scalar.eigenvalue(0), 1e-13);
    assertEquals(0, scalar.escapedMass());
  }

  /** Singular values over eight decades, as far as 64 bits of a sum of squares can tell them. */
  @Test
  void update_illConditioned_isWithinRoundingOfTheSingularValues() {
    SketchOracle oracle = new SketchOracle(5, 30, 1);
    FrequentDirections sketch = sketch(5, 1, 30);
    SplittableRandom random = new SplittableRandom(11);
    for (int t = 0; t < 40; t++) {
      double[] g = new double[30];
      for (int i = 0; i < 30; i++) {
        g[i] = random.nextGaussian() * Math.pow(10, -i % 9);
      }
      oracle.update(g);
      sketch.update(1, g);
      double top = Math.max(1, sketch.eigenvalue(0));
      assertArrayEquals(oracle.sketch(), squared(sketch), 1e-13 * top);
      assertEquals(oracle.escaped, sketch.escapedMass(), 1e-13 * top);
    }
  }

  @Test
  void apply_inverseRoot_isTheMatrixFunction() {
    int d = 7;
    SplittableRandom random = new SplittableRandom(13);
    FrequentDirections sketch = sketch(4, 0.99, d);
    for (int t = 0; t < 20; t++) {
      sketch.update(1, matrix(1, d, random));
    }
    double rho = sketch.escapedMass();
    double[] h = new double[3];
    for (int i = 0; i < 3; i++) {
      h[i] = 1 / Math.sqrt(sketch.eigenvalue(i) + rho);
    }
    double[] g = matrix(1, d, random);
    double[] twice = new double[d];
    sketch.apply(h, 1 / Math.sqrt(rho), g, twice);
    sketch.apply(h, 1 / Math.sqrt(rho), twice, twice);
    // (Gbar + rho I) times the square of its inverse root is the identity.
    double[] whole = SketchOracle.plusDiagonal(squared(sketch), rho, d);
    double[] back = new double[d];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        back[i] += whole[i * d + j] * twice[j];
      }
    }
    assertArrayEquals(g, back, 1e-12);
  }

  @Test
  void update_again_allocatesNoArrays() {
    double[] g = matrix(1, 1000, new SplittableRandom(29));
    for (FrequentDirections sketch : new FrequentDirections[] {sketch(8, 0.9, 1000), fast(8, 0.9, 1000)}) {
      long bytes = AllocationMeter.bytesPerRound(() -> {
        g[0]++;
        sketch.update(1, g);
      }, 20);
      // Views of arrays are objects; the smallest array here is of 8 x 8 elements.
      assertTrue(bytes < AllocationMeter.CALLS * 1000L, bytes + " bytes");
    }
  }

  @Test
  void update_notFinite_isRefusedAndChangesNothing() {
    FrequentDirections sketch = sketch(3, 0.9, 3);
    sketch.update(1, new double[] {1, 2, 3});
    double[] before = sketch.rows();
    assertEquals("element 1 is NaN: must be finite",
        assertThrows(IllegalArgumentException.class, () -> sketch.update(1, new double[] {1, Double.NaN, 0}))
            .getMessage());
    assertEquals("row 1, element 2 is Infinity: must be finite",
        assertThrows(IllegalArgumentException.class,
            () -> sketch.update(2, MemorySegment.ofArray(new double[] {1, 1, 1, 1, 1, Double.POSITIVE_INFINITY})))
            .getMessage());
    assertArrayEquals(before, sketch.rows());
    assertThrows(ArithmeticException.class, () -> sketch.update(1, new double[] {1e200, 0, 0}));
  }

  @Test
  void arguments_outOfRange_areRefused() {
    assertEquals("sketch size 0: must be >= 1",
        assertThrows(IllegalArgumentException.class, () -> Options.ofSize(0)).getMessage());
    assertEquals("sketch size 5: must be <= 4 for 3 columns, where it is exact",
        assertThrows(IllegalArgumentException.class, () -> sketch(5, 1, 3)).getMessage());
    for (double beta2 : new double[] {0, -0.1, 1.1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> sketch(2, beta2, 3));
    }
    assertThrows(IllegalArgumentException.class, () -> new Options(2, 1, TailDecay.BETA2, 0));
    assertThrows(IllegalArgumentException.class, () -> sketch(1, 1, 0));
    FrequentDirections sketch = sketch(2, 1, 3);
    assertThrows(IllegalArgumentException.class, () -> sketch.update(1, new double[2]));
    assertThrows(IllegalArgumentException.class, () -> sketch.update(2, MemorySegment.ofArray(new double[5])));
    assertThrows(IllegalArgumentException.class, () -> sketch.update(-1, MemorySegment.ofArray(new double[5])));
    sketch.update(1, new double[3]);
    assertEquals(0, sketch.kept());
    sketch.update(1, new double[] {1, 0, 0});
    assertThrows(IllegalArgumentException.class, () -> sketch.apply(new double[0], 1, new double[3], new double[3]));
  }
}
