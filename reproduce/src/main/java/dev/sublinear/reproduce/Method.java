/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.StepSpec;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * One row of a table: an optimizer.
 *
 * @param label what the row is called
 * @param optimizer rule and layouts, as on the command line
 * @param paper the paper's figure for this row; null where it has none
 * @param goal what a ratio should be; null if nothing was promised
 * @param rateFactor its learning rates over those of the recipe
 */
record Method(String label, String optimizer, @Nullable Double paper, @Nullable RatioGoal goal, float rateFactor) {
  /** Rule and layouts. */
  OptimizerSpec spec() {
    return OptimizerSpec.parse(optimizer);
  }

  /** What updates a tensor that is no table: rule and layouts, or a rule of whole tensors. */
  StepSpec denseSpec() {
    return StepSpec.parse(optimizer);
  }

  /**
   * Its rate where the recipe has {@code rate}: the product of the two as they are written, not of their nearest
   * floats.
   */
  float rate(float rate) {
    return new BigDecimal(Float.toString(rate)).multiply(new BigDecimal(Float.toString(rateFactor))).floatValue();
  }

  /** A row of the paper. */
  static Method published(String label, String optimizer, double paper) {
    return new Method(label, optimizer, paper, null, 1);
  }

  /** A row that the paper does not have. */
  static Method added(String label, String optimizer) {
    return new Method(label, optimizer, null, null, 1);
  }

  /** The same with a ratio to the first row that should not be exceeded. */
  Method atMost(double ratio) {
    return new Method(label, optimizer, paper, new RatioGoal(ratio, true, null), rateFactor);
  }

  /** The same with a ratio to the row of that label that should not be exceeded. */
  Method atMost(double ratio, String base) {
    return new Method(label, optimizer, paper, new RatioGoal(ratio, true, base), rateFactor);
  }

  /** The same with a ratio to the first row that should be reached: the row is there to be seen failing. */
  Method atLeast(double ratio) {
    return new Method(label, optimizer, paper, new RatioGoal(ratio, false, null), rateFactor);
  }

  /** The same with other learning rates: those of the recipe times {@code factor}. */
  Method withRatesTimes(float factor) {
    return new Method(label, optimizer, paper, goal, factor);
  }

  /**
   * A ratio of perplexities to reach.
   *
   * @param ratio the figure
   * @param isUpperLimit whether lower is better
   * @param base label of the row that the ratio is to; null for the first
   */
  record RatioGoal(double ratio, boolean isUpperLimit, @Nullable String base) {
    /**
     * An upper limit is met if the lower end of the interval is at or below it, a lower one if its lower end reaches
     * it.
     */
    boolean isMet(PairedRatio measured) {
      boolean isComparable = Double.isFinite(measured.mean()) && measured.low() > 0; // neither side diverged
      return isUpperLimit ? isComparable && measured.low() <= ratio : measured.low() >= ratio;
    }
  }
}
