/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The null model of the spectra of Kronecker factors: the paper gives 324.63 as the mean intrinsic dimension tr C /
 * lam_max of C = sum over i below 10 000 of 0.999^i x_i x_i^T, x_i normal in R^1024 (standard error 0.52 over 20
 * trials).
 */
final class IntrinsicDimensionTest {
  private static final LinearAlgebra ALGEBRA = LinearAlgebra.openBlas();
  private static final int D = 1024;
  private static final int STEPS = 10_000;
  private static final int BLOCK = 500;

  @Test
  void nullModel_threeSeeds_haveTheDimensionOfThePaper() {
    double sum = 0;
    for (int seed = 1; seed <= 3; seed++) {
      sum += intrinsicDimension(seed);
    }
    assertEquals(324.6, sum / 3, 6);
  }

  private static double intrinsicDimension(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] rows = new double[BLOCK * D];
    double[] c = new double[D * D];
    double weight = 1;
    for (int start = 0; start < STEPS; start += BLOCK) {
      for (int i = 0; i < BLOCK; i++) {
        for (int j = 0; j < D; j++) {
          rows[i * D + j] = weight * random.nextGaussian();
        }
        weight *= Math.sqrt(0.999);
      }
      ALGEBRA.gram(true, BLOCK, D, 1, MemorySegment.ofArray(rows), 1, MemorySegment.ofArray(c));
    }
    double trace = 0;
    for (int i = 0; i < D; i++) {
      trace += c[i * D + i];
    }
    double[] values = new double[D];
    assertTrue(ALGEBRA.eigen(D, MemorySegment.ofArray(c), MemorySegment.ofArray(values)));
    return trace / values[D - 1];
  }
}
