/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenBLAS against the definitions, on heap arrays and off-heap memory. */
final class OpenBlasTest {
  private static final LinearAlgebra ALGEBRA = LinearAlgebra.openBlas();
  private static final int[][] SHAPES = {{1, 1, 1}, {3, 5, 2}, {1, 7, 4}, {16, 1, 13}, {65, 70, 129}, {2, 3, 0}};

  private static double[] random(int n, long seed) {
    return new SplittableRandom(seed).doubles(n, -1, 1).toArray();
  }

  /** op(x)[i][j] of x with that many columns. */
  private static double at(double[] x, boolean transpose, int i, int j, int rows, int columns) {
    return transpose ? x[j * rows + i] : x[i * columns + j];
  }

  private static double[] product(boolean ta, boolean tb, int[] mnk, double alpha, double[] a, double[] b, double beta,
      double[] c) {
    int m = mnk[0];
    int n = mnk[1];
    int k = mnk[2];
    double[] result = new double[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int l = 0; l < k; l++) {
          sum += at(a, ta, i, l, m, k) * at(b, tb, l, j, k, n);
        }
        result[i * n + j] = alpha * sum + (beta == 0 ? 0 : beta * c[i * n + j]);
      }
    }
    return result;
  }

  @Test
  void multiply_allTransposes_isTheDefinition() {
    for (int[] s : SHAPES) {
      for (int mask = 0; mask < 8; mask++) {
        boolean ta = (mask & 1) != 0;
        boolean tb = (mask & 2) != 0;
        double beta = (mask & 4) != 0 ? -0.5 : 0;
        double[] a = random(s[0] * s[2], 1);
        double[] b = random(s[2] * s[1], 2);
        double[] c = random(s[0] * s[1], 3);
        double[] expected = product(ta, tb, s, 2, a, b, beta, c);
        if (beta == 0) {
          Arrays.fill(c, Double.NaN);
        }
        float[] floats = new float[c.length];
        for (int i = 0; i < c.length; i++) {
          floats[i] = (float) c[i];
        }
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment outside = arena.allocateFrom(ValueLayout.JAVA_DOUBLE, c);
          ALGEBRA.multiply(ta, tb, s[0], s[1], s[2], 2, arena.allocateFrom(ValueLayout.JAVA_DOUBLE, a),
              MemorySegment.ofArray(b), beta, outside);
          assertArrayEquals(expected, outside.toArray(ValueLayout.JAVA_DOUBLE), 1e-13);
        }
        ALGEBRA.multiply(ta, tb, s[0], s[1], s[2], 2, MemorySegment.ofArray(a), MemorySegment.ofArray(b), beta,
            MemorySegment.ofArray(c));
        assertArrayEquals(expected, c, 1e-13);
        ALGEBRA.multiplyFloat(ta, tb, s[0], s[1], s[2], 2, MemorySegment.ofArray(toFloats(a)),
            MemorySegment.ofArray(toFloats(b)), (float) beta, MemorySegment.ofArray(floats));
        for (int i = 0; i < c.length; i++) {
          assertEquals(expected[i], floats[i], 1e-4);
        }
      }
    }
  }

  /** Which way a call goes depends on where its operands are. */
  @Test
  void operands_onTheHeapOrOffInAnyMixture_giveTheSame() {
    double[] a = random(12, 1);
    double[] b = random(20, 2);
    double[] product = product(false, false, new int[] {3, 5, 4}, 1, a, b, 0, new double[15]);
    double[] gram = product(false, true, new int[] {3, 3, 4}, 1, a, a, 0, new double[9]);
    for (int mask = 0; mask < 8; mask++) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment c = place(arena, (mask & 4) != 0, new double[15]);
        ALGEBRA.multiply(false, false, 3, 5, 4, 1, place(arena, (mask & 1) != 0, a), place(arena, (mask & 2) != 0, b),
            0, c);
        assertArrayEquals(product, c.toArray(ValueLayout.JAVA_DOUBLE), 1e-15);
        ALGEBRA.gram(false, 3, 4, 1, place(arena, (mask & 1) != 0, a), 0, c);
        assertArrayEquals(gram, c.asSlice(0, 72).toArray(ValueLayout.JAVA_DOUBLE), 1e-15);
        MemorySegment values = place(arena, (mask & 2) != 0, new double[3]);
        assertTrue(ALGEBRA.eigen(3, c, values));
        assertEquals(gram[0] + gram[4] + gram[8],
            Arrays.stream(values.toArray(ValueLayout.JAVA_DOUBLE)).sum(), 1e-14);
      }
    }
  }

  private static MemorySegment place(Arena arena, boolean offHeap, double[] x) {
    return offHeap ? arena.allocateFrom(ValueLayout.JAVA_DOUBLE, x) : MemorySegment.ofArray(x);
  }

  private static float[] toFloats(double[] x) {
    float[] result = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      result[i] = (float) x[i];
    }
    return result;
  }

  @Test
  void gram_ofRowsAndOfColumns_isSymmetricAndTheProduct() {
    for (int[] s : new int[][] {{1, 1}, {3, 50}, {50, 3}, {10, 124}, {70, 65}, {4, 0}}) {
      for (boolean ofColumns : new boolean[] {false, true}) {
        double[] a = random(s[0] * s[1], 4);
        int n = ofColumns ? s[1] : s[0];
        int k = ofColumns ? s[0] : s[1];
        double[] start = random(n * n, 5);
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < i; j++) {
            start[i * n + j] = start[j * n + i];
          }
        }
        double[] c = start.clone();
        ALGEBRA.gram(ofColumns, s[0], s[1], 0.5, MemorySegment.ofArray(a), 0.9, MemorySegment.ofArray(c));
        assertArrayEquals(product(ofColumns, !ofColumns, new int[] {n, n, k}, 0.5, a, a, 0.9, start), c, 1e-13);
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < i; j++) {
            assertEquals(c[j * n + i], c[i * n + j]);
          }
        }
      }
    }
  }

  @Test
  void eigen_randomAndDegenerate_reconstructsAndIsOrthonormal() {
    for (int n : new int[] {1, 2, 3, 10, 33, 90}) {
      double[] random = new double[n * n];
      ALGEBRA.gram(false, n, n, 1, MemorySegment.ofArray(random(n * n, n)), 0, MemorySegment.ofArray(random));
      for (int i = 0; i < n; i++) {
        random[i * n + i] -= n / 3.0; // indefinite
      }
      double[] identity = new double[n * n];
      double[] ones = new double[n * n];
      Arrays.fill(ones, 1);
      for (int i = 0; i < n; i++) {
        identity[i * n + i] = 3;
      }
      for (double[] a : new double[][] {random, identity, ones, new double[n * n]}) {
        double[] vectors = a.clone();
        double[] values = new double[n];
        assertTrue(ALGEBRA.eigen(n, MemorySegment.ofArray(vectors), MemorySegment.ofArray(values)));
        double[] gram = product(false, true, new int[] {n, n, n}, 1, vectors, vectors, 0, vectors);
        double[] back = new double[n * n];
        for (int i = 0; i < n; i++) {
          assertTrue(i == 0 || values[i - 1] <= values[i]);
          for (int j = 0; j < n; j++) {
            assertEquals(i == j ? 1 : 0, gram[i * n + j], 1e-13);
            for (int l = 0; l < n; l++) {
              back[i * n + j] += vectors[l * n + i] * values[l] * vectors[l * n + j];
            }
          }
        }
        assertArrayEquals(a, back, 1e-12 * n);
      }
    }
  }

  @Test
  void eigen_offHeap_givesTheBitsOfTheHeap() {
    int n = 40;
    double[] a = new double[n * n];
    ALGEBRA.gram(false, n, n, 1, MemorySegment.ofArray(random(n * n, 7)), 0, MemorySegment.ofArray(a));
    double[] values = new double[n];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment outside = arena.allocateFrom(ValueLayout.JAVA_DOUBLE, a);
      assertTrue(ALGEBRA.eigen(n, outside, arena.allocate(8L * n)));
      assertTrue(ALGEBRA.eigen(n, MemorySegment.ofArray(a), MemorySegment.ofArray(values)));
      assertArrayEquals(a, outside.toArray(ValueLayout.JAVA_DOUBLE));
    }
  }

  @Test
  void eigen_notFinite_isRefused() {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      double[] a = {1, bad, bad, 1};
      assertFalse(ALGEBRA.eigen(2, MemorySegment.ofArray(a), MemorySegment.ofArray(new double[2])));
    }
  }

  @Test
  void calls_fromTwoThreads_giveTheBitsOfOne() throws Exception {
    int n = 60;
    Callable<double[]> task = () -> {
      double[] a = new double[n * n];
      for (int i = 0; i < 50; i++) {
        ALGEBRA.gram(true, n, n, 1, MemorySegment.ofArray(random(n * n, 8)), 0, MemorySegment.ofArray(a));
        assertTrue(ALGEBRA.eigen(n, MemorySegment.ofArray(a), MemorySegment.ofArray(new double[n])));
      }
      return a;
    };
    double[] expected = task.call();
    try (var threads = Executors.newFixedThreadPool(2)) {
      var first = threads.submit(task);
      var second = threads.submit(task);
      assertArrayEquals(expected, first.get());
      assertArrayEquals(expected, second.get());
    }
  }

  @Test
  void library_thatCannotBeLoaded_isNamed(@TempDir Path directory) {
    Path file = directory.resolve("libopenblas.so.0");
    String message = assertThrows(IllegalStateException.class, () -> OpenBlasLibrary.open(file)).getMessage();
    assertTrue(message.startsWith(file + " cannot be loaded: "), message);
  }

  @Test
  void sizes_tooLargeForTheSegment_areRefused() {
    MemorySegment four = MemorySegment.ofArray(new double[4]);
    MemorySegment nine = MemorySegment.ofArray(new double[9]);
    assertEquals("b [3 x 3]: the segment holds only 4 elements",
        assertThrows(IllegalArgumentException.class,
            () -> ALGEBRA.multiply(false, false, 3, 3, 3, 1, nine, four, 0, nine)).getMessage());
    assertThrows(IllegalArgumentException.class, () -> ALGEBRA.gram(true, 2, 3, 1, nine, 0, four));
    assertThrows(IllegalArgumentException.class, () -> ALGEBRA.eigen(3, nine, MemorySegment.ofArray(new double[2])));
    assertEquals("a [-1 x 1]: sizes must be >= 0",
        assertThrows(IllegalArgumentException.class,
            () -> ALGEBRA.multiply(false, false, -1, 1, 1, 1, nine, nine, 0, nine)).getMessage());
  }
}
