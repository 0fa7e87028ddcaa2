/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.linear;

import java.lang.foreign.MemorySegment;

/**
 * The matrix arithmetic of this module: products and symmetric eigenvectors of row-major matrices.
 *
 * <p>An operand is a heap segment ({@code MemorySegment.ofArray}) or an off-heap one, dense, aligned to its elements,
 * and may be longer than the matrix it holds. An output may not overlap an input. Calls run on the caller's thread
 * alone and give the same bits on the same machine whatever the number of callers. While a call with an operand on the
 * heap runs, whatever stops all threads has to wait, garbage collection above all; with all operands off the heap
 * nothing waits, so that is where large ones belong. Implementations are thread-safe and keep nothing between calls.
 */
public interface LinearAlgebra {
  /**
   * OpenBLAS, unpacked to the cache folder of JavaCPP and loaded at the first call.
   *
   * @throws IllegalStateException naming the file, if the library or one it needs is not there or cannot be loaded
   */
  static LinearAlgebra openBlas() {
    OpenBlasLibrary.load();
    return OpenBlas.INSTANCE;
  }

  /**
   * c = alpha op(a) op(b) + beta c in float64, where op(x) is x or its transpose.
   *
   * <p>c is not read if beta is 0. Forward error of an element: k 2^-53 times the sum of the absolute products.
   *
   * @param transposeA whether op(a) is the transpose of a
   * @param transposeB whether op(b) is the transpose of b
   * @param m rows of op(a) and c
   * @param n columns of op(b) and c
   * @param k columns of op(a), rows of op(b)
   * @param alpha factor of the product
   * @param a [m x k], or [k x m] if transposed
   * @param b [k x n], or [n x k] if transposed
   * @param beta factor of c
   * @param c [m x n]
   * @throws IllegalArgumentException if a size is negative or a segment shorter than its matrix
   */
  void multiply(boolean transposeA, boolean transposeB, int m, int n, int k, double alpha, MemorySegment a,
      MemorySegment b, double beta, MemorySegment c);

  /**
   * c = alpha op(a) op(b) + beta c in float32; else as {@link #multiply}, with 2^-24 in the error.
   *
   * @throws IllegalArgumentException if a size is negative or a segment shorter than its matrix
   */
  void multiplyFloat(boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, MemorySegment a,
      MemorySegment b, float beta, MemorySegment c);

  /**
   * The Gram matrix of the rows, c = alpha a a^T + beta c, or of the columns, c = alpha a^T a + beta c, in float64.
   *
   * <p>Exactly symmetric: one triangle is computed (the lower triangle of c is never read) and copied to the other, at
   * half the cost of {@link #multiply} and with its error bound.
   *
   * @param ofColumns whether c holds the products of the columns of a, [columns x columns], or else of its rows
   * @param rows rows of a
   * @param columns columns of a
   * @param alpha factor of the product
   * @param a [rows x columns]
   * @param beta factor of c
   * @param c [rows x rows] or [columns x columns]
   * @throws IllegalArgumentException if a size is negative or a segment shorter than its matrix
   */
  void gram(boolean ofColumns, int rows, int columns, double alpha, MemorySegment a, double beta, MemorySegment c);

  /**
   * All eigenvalues and orthonormal eigenvectors of a symmetric float64 matrix, by divide and conquer.
   *
   * <p>a = V^T diag(values) V, where row i of V, the new content of a, belongs to values[i]; the values ascend. Error
   * of a value: a small multiple of 2^-53 times the largest absolute value. Takes 8 (1 + 6 n + 2 n^2) bytes while it
   * runs.
   *
   * @param n order
   * @param a [n x n], of which one triangle is read; the eigenvectors afterwards, one a row
   * @param values n eigenvalues, written
   * @return false if a holds NaN or infinity or the iteration did not converge; a and values are then undefined
   * @throws IllegalArgumentException if n is negative or a segment shorter than its matrix
   */
  boolean eigen(int n, MemorySegment a, MemorySegment values);
}
