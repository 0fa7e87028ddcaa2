/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.matrix.linear.LinearAlgebra;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/**
 * How much of a covariance its leading directions hold.
 *
 * @param intrinsicDimension trace over largest eigenvalue
 * @param quarterMass the sum of the largest quarter of the eigenvalues over the trace
 */
record Spectrum(double intrinsicDimension, double quarterMass) {
  private static final int QUARTER = 4;

  /** Vectors that are added to the covariance of the null model at a time. */
  private static final int CHUNK = 2_048;

  /** The spectrum of a symmetric matrix, [order x order], which is left as it is. */
  static Spectrum of(LinearAlgebra algebra, int order, double[] covariance) {
    double[] values = new double[order];
    if (!algebra.eigen(order, MemorySegment.ofArray(covariance.clone()), MemorySegment.ofArray(values))) {
      throw new IllegalStateException("the eigenvalues of a covariance of order " + order + " were not found");
    }
    double trace = 0;
    double quarter = 0;
    for (int i = 0; i < order; i++) {
      trace += values[i];
      quarter += i >= order - order / QUARTER ? values[i] : 0;
    }
    return new Spectrum(trace / values[order - 1], quarter / trace);
  }

  /**
   * The paper's null model, gradients without any structure: sum of decay^i x_i x_i^T over {@code steps} steps, where
   * each x_i, [order x other], is independent and standard normal.
   */
  static Spectrum ofNoise(LinearAlgebra algebra, int order, int other, long steps, double decay, long seed) {
    Random random = new Random(seed);
    double[] covariance = new double[order * order];
    double[] chunk = new double[CHUNK * order];
    MemorySegment c = MemorySegment.ofArray(covariance);
    long vectors = steps * other;
    for (long from = 0; from < vectors; from += CHUNK) {
      int rows = (int) Math.min(CHUNK, vectors - from);
      for (int i = 0; i < rows; i++) {
        long step = (from + i) / other;
        double scale = Math.pow(decay, step / 2.0);
        for (int j = 0; j < order; j++) {
          chunk[i * order + j] = scale * random.nextGaussian();
        }
      }
      algebra.gram(true, rows, order, 1, MemorySegment.ofArray(chunk), 1, c);
    }
    return of(algebra, order, covariance);
  }
}
