/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import dev.sublinear.layout.Term;

/**
 * What is done with a preconditioned update u of a tensor theta: u &lt;- u grafted; m &lt;- momentum m + u; u &lt;- u +
 * momentum m if {@code nesterov}, else m; theta &lt;- theta - lr (u + decay theta).
 *
 * <p>The momentum is a sum, not an average: at 0.9 it makes steps ten times as long. Weight decay is decoupled from
 * preconditioner and momentum (Loshchilov, Hutter, 2019).
 *
 * @param graft the rule that gives the update its norm
 * @param graftBeta2 decay of its second moment, in [0, 1)
 * @param momentum factor of the past, in [0, 1); 0 for none
 * @param nesterov whether the step looks ahead
 * @param decay weight decay, at least 0
 */
public record Descent(Grafting graft, double graftBeta2, double momentum, boolean nesterov, double decay) {
  /** Grafting by RMSProp with decay 0.999, Nesterov momentum 0.9, no weight decay. */
  static final Descent DEFAULTS = new Descent(Grafting.RMSPROP, 0.999, 0.9, true, 0);

  /** Checks the ranges. */
  public Descent {
    checkBelowOne("graft-beta2", graftBeta2);
    checkBelowOne("momentum", momentum);
    if (!(decay >= 0 && decay < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("decay " + decay + ": must be a number >= 0");
    }
  }

  private static void checkBelowOne(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " " + value + ": must be in [0, 1)");
    }
  }

  Descent read(Term term) {
    return new Descent(term.choice("graft", graft), term.option("graft-beta2", graftBeta2),
        term.option("momentum", momentum), term.flag("nesterov", nesterov), term.option("decay", decay));
  }

  /** Floats kept for every element. */
  int floatsPerElement() {
    return (graft.remembers() ? 1 : 0) + (momentum > 0 ? 1 : 0);
  }

  /** The options as {@code :key=value}, all or those that are not the defaults. */
  String text(boolean all) {
    return Term.text("graft", graft, all ? "" : DEFAULTS.graft)
        + Term.text("graft-beta2", graftBeta2, all ? "" : DEFAULTS.graftBeta2)
        + Term.text("momentum", momentum, all ? "" : DEFAULTS.momentum)
        + Term.text("nesterov", nesterov, all ? "" : DEFAULTS.nesterov)
        + Term.text("decay", decay, all ? "" : DEFAULTS.decay);
  }
}
