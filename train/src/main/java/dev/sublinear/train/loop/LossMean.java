/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

/** The mean loss per target since it was last taken. */
final class LossMean {
  private double sum;
  private long targets;

  /** Adds the mean loss of a window of so many targets. */
  void add(double loss, int count) {
    sum += loss * count;
    targets += count;
  }

  double take() {
    double mean = sum / targets;
    sum = 0;
    targets = 0;
    return mean;
  }
}
