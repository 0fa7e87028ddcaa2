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

  /**
   * Takes in the whole step before its first row, for a moment that needs it.
   *
   * @param ids ascending rows
   * @param x what is added to them: gradients or their squares, [ids.length x columns]
   * @param decay the step's decay
   * @param scale the step's scale
   */
  default void absorb(int[] ids, double[][] x, double decay, double scale) {}

  /** S[row] becomes decay S[row] + scale x; returns the estimate of the new S[row], in an array of its own. */
  double[] accumulate(int row, double decay, double scale, double[] x);
}
