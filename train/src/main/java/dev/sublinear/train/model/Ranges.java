/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

/** The ranges that the networks' options have in common. */
final class Ranges {
  private Ranges() {}

  /** Refuses a size below 1. */
  static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + ": must be >= 1");
    }
  }

  /** Refuses what is no probability below 1. */
  static void dropout(double dropout) {
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout " + dropout + ": must be in [0, 1)");
    }
  }
}
