/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

/** The mean of the losses since it was last taken. */
final class LossMean {
  private double sum;
  private int count;

  void add(double loss) {
    sum += loss;
    count++;
  }

  double take() {
    double mean = sum / count;
    sum = 0;
    count = 0;
    return mean;
  }
}
