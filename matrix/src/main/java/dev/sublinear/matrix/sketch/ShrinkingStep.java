/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.sketch;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.sublinear.matrix.linear.LinearAlgebra;
import java.lang.foreign.MemorySegment;

/**
 * The step by which frequent directions forget: keeps the largest l - 1 eigenvalues of A^T A, each less the l-th.
 *
 * <p>For stacked rows A [r x d], with lam_1 >= lam_2 >= ... the eigenvalues of A^T A and v_i its eigenvectors,
 *
 * <pre>
 *   rho  = lam_l                                      (0 if l > min(r, d))
 *   Gbar = sum over i &lt; l of (lam_i - rho) v_i v_i^T
 *   0 &lt;= A^T A - Gbar &lt;= rho I,   l rho &lt;= tr(A^T A) - tr(Gbar)   (equal if rank A &lt;= l)
 * </pre>
 *
 * <p>The work is one Gram matrix of order n = min(r, d), its eigenvectors, and one product: O(n r d + n^3) time. All in
 * float64. Eigenvalues of at most 1e-14 of the largest count as 0, since rounding alone makes them that large; a
 * direction whose eigenvalue is e lam_1 is orthogonal to the others within 2^-52 / e if r &lt;= d, and within 2^-52
 * otherwise. So Gbar is off by a small multiple of 2^-53 lam_1, as with a singular value decomposition.
 *
 * <p>Workspace: 8 (n^2 + n) bytes of the caller's. The results stand until the next call, or until the workspace is
 * used for something else. Not thread-safe.
 *
 * <p>Source: algorithm 1 of Feinberg, Chen, Sun, Anil, Hazan, 2023 (arXiv 2302.03764), after Liberty, 2013. Deviation:
 * they take a singular value decomposition of the rows; the Gram matrix gives the same numbers to 12 digits over 32 561
 * updates of S-AdaGrad on a9a and costs less (docs/adr/0019).
 */
public final class ShrinkingStep {
  private static final double NEGLIGIBLE = 1e-14;

  /** LAPACK counts its own workspace of 1 + 6 n + 2 n^2 elements in 32 bits. */
  private static final int LARGEST_ORDER = 32_766;

  private final LinearAlgebra algebra;
  private MemorySegment gram = MemorySegment.NULL;
  private MemorySegment values = MemorySegment.NULL;
  private int order;
  private int kept;
  private double escaped;

  /** A step that has not been taken. */
  public ShrinkingStep(LinearAlgebra algebra) {
    this.algebra = algebra;
  }

  /**
   * Bytes of workspace for a matrix of these sizes.
   *
   * @throws IllegalArgumentException if min(r, d) is above 32 766
   */
  public static long workBytes(long rows, long columns) {
    long n = Math.min(rows, columns);
    if (n > LARGEST_ORDER) {
      throw new IllegalArgumentException(
          "sketch of " + rows + " x " + columns + " rows and columns: one of both must be <= " + LARGEST_ORDER);
    }
    return Double.BYTES * (n * n + n);
  }

  /**
   * Takes the step for A^T A.
   *
   * @param size l, at least 1
   * @param rows r
   * @param columns d
   * @param stacked A, float64 [r x d], row-major, left as it is; all zero is legal
   * @param directions receives v_1, v_2, ..., float64 [min(l - 1, r, d) x d], of which the first {@link #kept()} rows
   *     are written; may not overlap {@code stacked}
   * @param work {@link #workBytes} or more, aligned to 8 bytes; overwritten, and may overlap neither
   * @return false, with {@code directions} as before, if an element or a sum of squares is not finite, or the
   *     eigenvalues did not converge
   * @throws IllegalArgumentException if the size is below 1, min(r, d) is above 32 766 or a segment too short
   */
  public boolean apply(int size, int rows, int columns, MemorySegment stacked, MemorySegment directions,
      MemorySegment work) {
    if (size < 1) {
      throw new IllegalArgumentException("sketch size " + size + ": must be >= 1");
    }
    int n = Math.min(rows, columns);
    long bytes = workBytes(rows, columns);
    if (work.byteSize() < bytes) {
      throw new IllegalArgumentException("workspace of " + work.byteSize() + " bytes: must have " + bytes);
    }
    order = n;
    gram = work.asSlice(0, Double.BYTES * (long) n * n);
    values = work.asSlice(gram.byteSize(), Double.BYTES * (long) n);
    boolean ofColumns = columns < rows;
    algebra.gram(ofColumns, rows, columns, 1, stacked, 0, gram);
    kept = 0;
    escaped = 0;
    if (!algebra.eigen(n, gram, values)) {
      return false;
    }
    double negligible = n == 0 ? 0 : NEGLIGIBLE * largest(0);
    escaped = n >= size && largest(size - 1) > negligible ? largest(size - 1) : 0;
    int most = Math.min(size - 1, n);
    while (kept < most && largest(kept) > Math.max(negligible, escaped)) {
      kept++;
    }
    descending();
    if (ofColumns) {
      MemorySegment.copy(gram, 0, directions, 0, (long) kept * n * Double.BYTES);
    } else if (kept > 0) {
      normalize();
      algebra.multiply(false, false, kept, columns, n, 1, gram, stacked, 0, directions);
    }
    return true;
  }

  private double largest(int i) {
    return values.getAtIndex(JAVA_DOUBLE, order - 1 - i);
  }

  /** Turns the eigenvectors, one a row, from ascending to descending order as far as they are kept. */
  private void descending() {
    for (int i = 0; i < Math.min(kept, order / 2); i++) {
      long from = (order - 1L - i) * order;
      long to = (long) i * order;
      for (int j = 0; j < order; j++) {
        double swapped = gram.getAtIndex(JAVA_DOUBLE, to + j);
        gram.setAtIndex(JAVA_DOUBLE, to + j, gram.getAtIndex(JAVA_DOUBLE, from + j));
        gram.setAtIndex(JAVA_DOUBLE, from + j, swapped);
      }
    }
  }

  /** u_i A has the length sqrt(lam_i). */
  private void normalize() {
    for (int i = 0; i < kept; i++) {
      double scale = 1 / Math.sqrt(largest(i));
      for (long at = (long) i * order; at < (i + 1L) * order; at++) {
        gram.setAtIndex(JAVA_DOUBLE, at, scale * gram.getAtIndex(JAVA_DOUBLE, at));
      }
    }
  }

  /** How many eigenvalues are larger than rho, at most l - 1. */
  public int kept() {
    return kept;
  }

  /** The i-th largest eigenvalue less rho, i from 0 to {@link #kept()} - 1: positive, descending. */
  public double eigenvalue(int i) {
    return largest(i) - escaped;
  }

  /** rho: what every kept eigenvalue lost. */
  public double escapedMass() {
    return escaped;
  }
}
