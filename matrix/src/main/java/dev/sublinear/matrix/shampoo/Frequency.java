/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import dev.sublinear.layout.Term;

/**
 * When the statistics take in a gradient and when roots are made of them: at step 1 and every so many steps after it.
 *
 * <p>In a step statistics come first, then roots, then the update, so a gradient is preconditioned by what it has
 * contributed to. Gradients of the steps between are not remembered.
 *
 * @param statistics steps from one gradient taken in to the next, at least 1
 * @param roots steps from one root to the next, at least 1
 */
public record Frequency(int statistics, int roots) {
  /** Checks the ranges. */
  public Frequency {
    Partition.checkPositive("statistics", statistics);
    Partition.checkPositive("roots", roots);
  }

  Frequency read(Term term) {
    return new Frequency(term.option("statistics", statistics, Integer::valueOf, Partition.WHOLE),
        term.option("roots", roots, Integer::valueOf, Partition.WHOLE));
  }

  boolean isStatisticsStep(long step) {
    return (step - 1) % statistics == 0;
  }

  boolean isRootStep(long step) {
    return (step - 1) % roots == 0;
  }

  /** Whether the statistics never change without a new root. */
  boolean rootsFollow() {
    return statistics % roots == 0;
  }

  /** The options as {@code :key=value}, all or those that are not {@code defaults}. */
  String text(boolean all, Frequency defaults) {
    return Term.text("statistics", statistics, all ? "" : defaults.statistics)
        + Term.text("roots", roots, all ? "" : defaults.roots);
  }
}
