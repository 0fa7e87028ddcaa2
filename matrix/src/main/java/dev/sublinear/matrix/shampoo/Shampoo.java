/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import dev.sublinear.gradient.RowTable;
import dev.sublinear.kernel.Workspace;
import dev.sublinear.layout.Term;
import dev.sublinear.rule.MatrixRule;
import dev.sublinear.rule.MatrixStep;
import java.lang.foreign.Arena;

/**
 * Shampoo: for a gradient G of p axes, with G_i its unfolding [d_i x n_i] along axis i,
 * L_i &lt;- beta2 L_i + (1 - beta2) G_i G_i^T (no factor 1 - beta2 at beta2 = 1); u = G multiplied along every axis by
 * L_i^(-1 / (2 p)); then as {@link Descent} says.
 *
 * <p>Roots are pseudo-inverse: eigenvalues of at most {@code cut} times the largest count as 0, and 0^-x as 0. Which
 * dimensions make the axes is {@link Partition}'s matter, when statistics and roots change {@link Frequency}'s. State
 * in float32: 8 bytes times the sum of d^2 over the axes of all blocks, and 4 an element for each of grafting's second
 * moment and momentum; the eigenvalues are computed in float64. A failed or non-finite decomposition leaves the root as
 * it was, the identity at first, and is counted ({@link MatrixStep#failures}); so do statistics of zeros, uncounted. A
 * gradient that is not finite (its squared norm in float32) is kept out of the statistics, if due counted, and stepped
 * by the grafting rule alone. Deterministic on one machine and library. Thread-safe.
 *
 * <p>Source: Gupta, Koren, Singer, 2018, algorithm 1; Anil et al., 2020, for all around it. Deviations: a moving
 * average in the place of the sum; no epsilon I at the start but the cut, which needs no scale; roots made every few
 * steps.
 *
 * @param beta2 decay of the statistics, in [0, 1]
 * @param cut eigenvalues below this part of the largest count as 0, in [0, 1)
 * @param every when statistics and roots change
 * @param partition how tensors become blocks
 * @param descent what is around the preconditioner
 */
public record Shampoo(double beta2, double cut, Frequency every, Partition partition, Descent descent)
    implements
      MatrixRule {
  private static final double BETA2 = 0.999;
  static final double CUT = 1e-6;
  private static final Frequency EVERY = new Frequency(1, 10);
  private static final Partition PARTITION = new Partition(1024, 1024, 4096);

  /** Checks the ranges. */
  public Shampoo {
    checkDecay(beta2);
    if (!(cut >= 0 && cut < 1)) {
      throw new IllegalArgumentException("cut " + cut + ": must be in [0, 1)");
    }
  }

  /** beta2 0.999, cut 1e-6; statistics in every step, roots in every tenth; blocks of 1024. */
  public Shampoo() {
    this(BETA2, CUT, EVERY, PARTITION, Descent.DEFAULTS);
  }

  static void checkDecay(double beta2) {
    if (!(beta2 >= 0 && beta2 <= 1)) {
      throw new IllegalArgumentException("beta2 " + beta2 + ": must be in [0, 1]");
    }
  }

  @Override
  public Shampoo read(Term term) {
    return new Shampoo(term.option("beta2", beta2), term.option("cut", cut), every.read(term), partition.read(term),
        descent.read(term));
  }

  @Override
  public String name() {
    return "shampoo";
  }

  @Override
  public String options() {
    return text(true).substring(1).replace(':', ' ');
  }

  private String text(boolean all) {
    return Term.text("beta2", beta2, all ? "" : BETA2) + Term.text("cut", cut, all ? "" : CUT)
        + every.text(all, EVERY) + partition.text(all, PARTITION) + descent.text(all);
  }

  @Override
  public float defaultLearningRate() {
    return 0.001f;
  }

  private Binding binding() {
    return new Binding(new WholeFactor.Kind(beta2, cut), every, partition, descent);
  }

  @Override
  public long bytes(long... shape) {
    return binding().bytes(shape);
  }

  @Override
  public long denseBytes(long... shape) {
    return bytes(shape);
  }

  @Override
  public long workspaceBytes(long... shape) {
    return binding().workspaceBytes(shape);
  }

  @Override
  public MatrixStep newStep(RowTable parameters, Arena arena, Workspace workspace) {
    return binding().newStep(parameters, arena, workspace);
  }

  @Override
  public String toString() {
    return name() + text(false);
  }
}
