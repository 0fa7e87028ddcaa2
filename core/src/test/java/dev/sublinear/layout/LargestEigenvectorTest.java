/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.kernel.CounterRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class LargestEigenvectorTest {
  /** A diagonal matrix that counts its products. */
  private static final class Diagonal implements LargestEigenvector.Product {
    private final double[] values;
    private int products;

    Diagonal(double... values) {
      this.values = values;
    }

    @Override
    public void apply(double[] x, double[] out) {
      products++;
      Arrays.setAll(out, j -> values[j] * x[j]);
    }
  }

  private static double[] find(LargestEigenvector.Product matrix, double... start) {
    double[] w = start.clone();
    new LargestEigenvector(w.length).find(matrix, w);
    return w;
  }

  private static double[] ones(int n) {
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Test
  void find_ofADiagonalMatrix_isTheAxisOfTheLargestValue() {
    for (int n : new int[] {2, 3, 8, 9, 40, 500}) {
      double[] values = new double[n];
      Arrays.setAll(values, j -> 1 + Math.sin(j));
      values[n / 2] = 2.2;
      double[] axis = new double[n];
      axis[n / 2] = 1;
      assertArrayEquals(axis, find(new Diagonal(values), ones(n)), 1e-8, "n " + n);
    }
  }

  @Test
  void find_eitherOfTwoThatAreEqual_hasLengthOne() {
    double[] w = find(new Diagonal(4, 1, 4), 1, 1, 3);
    assertArrayEquals(new double[] {Math.sqrt(0.1), 0, 3 * Math.sqrt(0.1)}, w, 1e-9);
  }

  @Test
  void find_scales_doNotMatter() {
    for (double scale : new double[] {1e-150, 1e-30, 1e30, 1e150}) {
      double[] w = find(new Diagonal(scale, 3 * scale, 2 * scale), scale, scale, scale);
      assertArrayEquals(new double[] {0, 1, 0}, w, 1e-9, "scale " + scale);
    }
  }

  @Test
  void find_ofTheZeroMatrix_leavesTheStart() {
    assertArrayEquals(new double[] {1, 2}, find(new Diagonal(0, 0), 1, 2));
  }

  @Test
  void find_ofOneElement_isOne() {
    assertArrayEquals(new double[] {1}, find(new Diagonal(7), 0.3), 1e-15);
  }

  @Test
  void find_ofAMatrixWithNaN_ends() {
    assertTrue(Double.isNaN(find(new Diagonal(1, Double.NaN), 1, 1)[0]));
  }

  @Test
  void find_ofRankOne_takesTwoProducts() {
    double[] v = {0.6, 0, -0.8};
    int[] products = {0};
    double[] w = find((x, out) -> {
      products[0]++;
      double vx = LargestEigenvector.dot(v, x);
      Arrays.setAll(out, j -> 5 * vx * v[j]);
    }, 1, 1, 1);
    assertArrayEquals(v, Arrays.stream(w).map(value -> value * Math.signum(w[0])).toArray(), 1e-12);
    assertEquals(2, products[0]);
  }

  /** Singular values as in a random matrix of 133 x 1040, whose largest two are some 2 % apart. */
  @Test
  void find_valuesCloseTogether_takesFarFewerProductsThanPowerIteration() {
    double[] values = new double[133];
    long key = CounterRandom.key(3, CounterRandom.stream("eigenvalues"), 0);
    Arrays.setAll(values, j -> 0.96 * CounterRandom.uniformDouble(key, j));
    values[7] = 0.96;
    values[50] = 1;
    Diagonal matrix = new Diagonal(values);
    double[] w = find(matrix, ones(133));
    assertEquals(1, Math.abs(w[50]), 1e-9);
    // What is left of the rest falls by 0.96 per product: from 1 to 1e-10 takes 564.
    assertTrue(matrix.products <= 120, "products: " + matrix.products);
  }
}
