/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.online;

/**
 * A registered online convex method. Immutable and thread-safe.
 *
 * @param name on the command line
 * @param isSketched whether it keeps a sketch, and so uses {@link OnlineOptions#sketch}
 * @param dividesByDelta whether its delta must be above 0; otherwise 0 is legal too
 * @param mostWeights the largest number of weights
 * @param maker makes its learner from checked options
 */
public record OnlineMethod(String name, boolean isSketched, boolean dividesByDelta, int mostWeights, Maker maker) {
  /** Makes learners. */
  @FunctionalInterface
  public interface Maker {
    /** A learner of d weights, all 0, which has seen nothing. */
    OnlineLearner make(int d, OnlineOptions options);
  }

  /**
   * A learner of {@code d} weights that has seen nothing.
   *
   * @throws IllegalArgumentException as {@link #check(int, OnlineOptions)} does
   */
  public OnlineLearner start(int d, OnlineOptions options) {
    check(d, options);
    return maker.make(d, options);
  }

  /**
   * Says whether {@link #start} would refuse for every number of weights.
   *
   * @throws IllegalArgumentException naming the option, its value and what is legal, if the method cannot use it
   */
  public void check(OnlineOptions options) {
    double rate = options.learningRate();
    if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("lr " + rate + ": must be a finite number above 0");
    }
    double delta = options.delta();
    boolean isLegal = dividesByDelta ? delta > 0 : delta >= 0;
    if (!isLegal || Double.isInfinite(delta)) {
      throw new IllegalArgumentException("delta " + delta + ": must be a finite number "
          + (dividesByDelta ? "above 0, because " + name + " divides by it" : ">= 0"));
    }
    if (isSketched && options.sketch() < 1) {
      throw new IllegalArgumentException("sketch " + options.sketch()
          + ": must be in 1..d + 1, where d is the number of weights, a bias included");
    }
  }

  /**
   * Says whether {@link #start} would refuse, and makes nothing.
   *
   * @throws IllegalArgumentException naming the option, its value and what is legal, if the method cannot use it; or if
   *     d is below 1, or so large that an array cannot hold what the method remembers
   */
  public void check(int d, OnlineOptions options) {
    check(options);
    if (d < 1 || d > mostWeights) {
      throw new IllegalArgumentException("d " + d + ": " + name + " takes 1.." + mostWeights + " weights");
    }
    int sketch = options.sketch();
    if (isSketched && sketch > d + 1L) {
      throw new IllegalArgumentException(
          "sketch " + sketch + ": must be in 1.." + (d + 1L) + ", which is d + 1 for d = "
              + d + " weights, a bias included");
    }
    if (isSketched && (long) sketch * d > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("sketch " + sketch + ": times d = " + d + " weights must be below 2^31");
    }
  }
}
