/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import dev.sublinear.gradient.RowTable;
import dev.sublinear.kernel.Workspace;
import dev.sublinear.layout.Term;
import dev.sublinear.rule.MatrixRule;
import dev.sublinear.rule.MatrixStep;
import java.lang.foreign.Arena;

/**
 * S-Shampoo: Shampoo whose statistics are sketches. Along axis i of p, with G_i the unfolding [d_i x n_i] of the
 * gradient and k = min(d_i, rank): beta2 B + G_i G_i^T has eigenvalues l_1 &gt;= l_2 ... and eigenvectors u_j; B &lt;-
 * sum over j &lt;= k of (l_j - l_(k+1)) u_j u_j^T, rho &lt;- beta2 rho + l_(k+1); the gradient is multiplied along the
 * axis by (B + rho I)^(-1 / (2 p)), and then is as {@link Descent} says.
 *
 * <p>Before the root {@code eps} (max (l_j - l_(k+1)) + rho) is added to eigenvalues and rho. A direction whose
 * eigenvalue the shrinking brought to 0 is of the complement; where rho is 0 the complement is left out of the update.
 * 0 &lt;= G - B &lt;= rho I, for G the statistics not sketched, and rho &lt;= the least over j &lt;= k of (sum of G's
 * eigenvalues after the j-th) / (k + 1 - j) (Obs. 6); with {@code tail=square-root} rho is larger.
 *
 * <p>State in float32: for each axis of each block 4 (d k + 2 k + 2) bytes, directions [k x d], roots of eigenvalues
 * and of rho, and what these become under the root; 4 d k more if roots are not made whenever statistics change, for
 * the directions that the roots belong to; 4 an element for each of grafting's second moment and momentum. No matrix of
 * order d is kept. The shrinking is computed in float64 from a Gram matrix of order min(d, k + n), in working memory
 * that all tensors share. A failed or non-finite decomposition leaves the sketch and the root as they were, the
 * identity at first, and is counted ({@link MatrixStep#failures}). The root of a sketch without mass is the identity:
 * of a first gradient of zeros, or at beta2 = 0 of any. A gradient that is not finite (its squared norm in float32) is
 * kept out of the sketch, if due counted, and stepped by the grafting rule alone. Deterministic on one machine and
 * library. Thread-safe.
 *
 * <p>Source: Feinberg et al., 2023 (Sketchy), algorithm 3 with the weighting of observation 6, and their code for all
 * that algorithm 3 leaves open. Deviations: {@code rank} counts the directions kept, the paper's sketch size less 1;
 * eps is the code's, not the paper's eps I at the start; the Gram matrix in the place of an SVD (eigenvalues below
 * 1e-14 of the largest count as 0, and directions below 1e-10, which float32 cannot keep apart, are of the complement);
 * roots of eigenvalues and mass are stored, whose squares might be no float32.
 *
 * @param sketching how statistics are sketched
 * @param every when statistics and roots change
 * @param partition how tensors become blocks
 * @param descent what is around the preconditioner
 */
public record SketchedShampoo(Sketching sketching, Frequency every, Partition partition, Descent descent)
    implements
      MatrixRule {
  private static final Frequency EVERY = new Frequency(10, 10);
  private static final Partition PARTITION = new Partition(1024, 0, 4096);

  /** Rank 256, beta2 0.999; statistics and roots in every tenth step; no blocks. */
  public SketchedShampoo() {
    this(Sketching.DEFAULTS, EVERY, PARTITION, Descent.DEFAULTS);
  }

  @Override
  public SketchedShampoo read(Term term) {
    return new SketchedShampoo(sketching.read(term), every.read(term), partition.read(term), descent.read(term));
  }

  @Override
  public String name() {
    return "s-shampoo";
  }

  @Override
  public String options() {
    return text(true).substring(1).replace(':', ' ');
  }

  private String text(boolean all) {
    return sketching.text(all) + every.text(all, EVERY) + partition.text(all, PARTITION) + descent.text(all);
  }

  @Override
  public float defaultLearningRate() {
    return 0.001f;
  }

  private Binding binding() {
    return new Binding(new SketchedFactor.Kind(sketching, every.rootsFollow()), every, partition, descent);
  }

  @Override
  public long bytes(long... shape) {
    return binding().bytes(shape);
  }

  /** Those of {@link Shampoo} with the same options. */
  @Override
  public long denseBytes(long... shape) {
    return new Shampoo(sketching.beta2(), Shampoo.CUT, every, partition, descent).bytes(shape);
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
