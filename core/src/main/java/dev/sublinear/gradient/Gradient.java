/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.gradient;

import java.lang.foreign.MemorySegment;

/**
 * The gradient of a {@link RowTable} for one step: rows of float32 values in ascending order of row id.
 *
 * <p>Either every row ({@link DenseRows}) or a few ({@link SparseRows}). A view: it owns no memory.
 */
public sealed interface Gradient permits DenseRows, SparseRows {
  /** Number of rows that carry a gradient; 0 is legal. */
  long count();

  /** Number of columns, equal to the table's. */
  int columns();

  /** The table row of the i-th gradient row; ascending in i. */
  long row(long i);

  /** The values, [count x columns], row after row; at least {@code 4 * count * columns} bytes. */
  MemorySegment values();

  /** Byte offset of the i-th gradient row in {@link #values()}. */
  default long offset(long i) {
    return i * columns() * Float.BYTES;
  }

  /** Number of bytes of {@link #values()} that are in use. */
  default long bytes() {
    return count() * columns() * Float.BYTES;
  }
}
