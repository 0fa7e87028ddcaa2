/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.gradient;

import java.lang.foreign.MemorySegment;

/**
 * A gradient with a value for every row of the table.
 *
 * @param values float32, [count x columns]
 * @param count number of rows, the table's
 * @param columns number of columns, the table's
 */
public record DenseRows(MemorySegment values, long count, int columns) implements Gradient {
  /**
   * Checks that the memory holds the rows.
   *
   * @throws IllegalArgumentException if it does not, or if a size is not positive
   */
  public DenseRows {
    if (count < 1 || columns < 1) {
      throw new IllegalArgumentException("gradient of " + count + " x " + columns + ": both must be >= 1");
    }
    if (values.byteSize() / Float.BYTES / columns < count) {
      throw new IllegalArgumentException(
          "gradient of " + values.byteSize() + " bytes: " + count + " x " + columns + " float32 values need more");
    }
  }

  @Override
  public long row(long i) {
    return i;
  }
}
