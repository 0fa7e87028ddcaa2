/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import dev.sublinear.layout.Term;
import dev.sublinear.matrix.sketch.TailDecay;

/**
 * How the statistics of an axis are sketched: by frequent directions that forget.
 *
 * @param rank directions kept of an axis, at least 1; all of them where the axis has no more. The papers' sketch size
 *     is one more, since their last row is always 0
 * @param beta2 decay of the statistics, in [0, 1]
 * @param tail decay of the escaped mass
 * @param eps added to eigenvalues and escaped mass before the root, relative to the largest eigenvalue, at least 0
 */
public record Sketching(int rank, double beta2, TailDecay tail, double eps) {
  /** Rank 256, beta2 0.999, the paper's tail, eps 1e-7. */
  static final Sketching DEFAULTS = new Sketching(256, 0.999, TailDecay.BETA2, 1e-7);

  /** Checks the ranges. */
  public Sketching {
    Partition.checkPositive("rank", rank);
    Shampoo.checkDecay(beta2);
    if (!(eps >= 0 && eps < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("eps " + eps + ": must be a number >= 0");
    }
  }

  Sketching read(Term term) {
    return new Sketching(term.option("rank", rank, Integer::valueOf, Partition.WHOLE), term.option("beta2", beta2),
        term.choice("tail", tail), term.option("eps", eps));
  }

  /** The options as {@code :key=value}, all or those that are not the defaults. */
  String text(boolean all) {
    return Term.text("rank", rank, all ? "" : DEFAULTS.rank) + Term.text("beta2", beta2, all ? "" : DEFAULTS.beta2)
        + Term.text("tail", tail, all ? "" : DEFAULTS.tail) + Term.text("eps", eps, all ? "" : DEFAULTS.eps);
  }
}
