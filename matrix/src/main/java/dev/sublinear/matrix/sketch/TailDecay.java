/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.sketch;

/** By what factor the escaped mass decays when the sketch decays by beta2; see {@link FrequentDirections}. */
public enum TailDecay {
  /**
   * rho_{1:t} = beta2 rho_{1:t-1} + rho_t: observation 6 of the paper, and the smallest tail that still bounds the
   * error.
   */
  BETA2,

  /**
   * rho_{1:t} = sqrt(beta2) rho_{1:t-1} + rho_t: what the authors' published code does. Its tail bounds the error too;
   * in the long run it is (1 - beta2) / (1 - sqrt(beta2)) times the other, about twice.
   */
  SQUARE_ROOT;

  /** The factor of rho. */
  public double factor(double beta2) {
    return this == BETA2 ? beta2 : Math.sqrt(beta2);
  }
}
