/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

/** How large the benchmarks are and how long they may take. */
public enum Scale {
  /** Seconds in all, for tests: every path, no meaningful figure. */
  TOY,
  /** Under three minutes in all on two cores. */
  QUICK,
  /** Everything, as long as it takes. */
  FULL;

  /** The value for this scale. */
  public <T> T choose(T toy, T quick, T full) {
    return switch (this) {
      case TOY -> toy;
      case QUICK -> quick;
      case FULL -> full;
    };
  }
}
