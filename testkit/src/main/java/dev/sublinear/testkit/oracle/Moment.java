/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.oracle;

/** One moment of a table in double precision. */
public interface Moment {
  /**
   * Starts a step.
   *
   * @param t the step, from 1
   * @param decay the step's decay of this moment
   */
  default void beginStep(long t, double decay) {}

  /** S[row] becomes decay S[row] + scale x; returns the estimate of the new S[row], in an array of its own. */
  double[] accumulate(int row, double decay, double scale, double[] x);
}
