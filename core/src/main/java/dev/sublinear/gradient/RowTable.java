/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.gradient;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;

/**
 * A matrix of float32 parameters, [rows x columns], row after row without gaps, outside the Java heap.
 *
 * <p>Sizes and offsets are {@code long}: a table may hold more than 2^31 elements. An ordinary tensor is a table whose
 * rows are its first dimension, and which remembers its other dimensions for layouts that tell them apart. Bytes: 4
 * rows columns. Thread-safe for disjoint rows; the memory lives as long as the arena or tensor it came from.
 *
 * @param data the elements in native byte order; exactly {@code 4 * rows * columns} bytes
 * @param rows number of rows, at least 1
 * @param columns number of columns, at least 1
 * @param shape the dimensions of the tensor that the table is; rows and columns of a matrix
 */
public record RowTable(MemorySegment data, long rows, int columns, List<Long> shape) {
  /** Rows start on cache lines where the row size allows, so that rows of two threads do not share a line. */
  private static final long ALIGNMENT = 64;

  /**
   * Wraps memory that already holds the elements, for example a native tensor (zero-copy).
   *
   * @throws IllegalArgumentException if a size is not positive, or the memory or the shape has another size
   */
  public RowTable {
    shape = List.copyOf(shape);
    long bytes = byteSize(rows, columns);
    if (data.byteSize() != bytes) {
      throw new IllegalArgumentException(
          "memory of " + data.byteSize() + " bytes: a " + rows + " x " + columns + " table has " + bytes);
    }
    if (shape.stream().reduce(1L, Math::multiplyExact) != rows * columns
        || (!shape.isEmpty() && shape.getFirst() != rows)) {
      throw new IllegalArgumentException("shape " + shape + ": is not a table of " + rows + " x " + columns);
    }
  }

  /**
   * Wraps memory that already holds the elements of a matrix.
   *
   * @throws IllegalArgumentException if a size is not positive or the memory has another size
   */
  public RowTable(MemorySegment data, long rows, int columns) {
    this(data, rows, columns, List.of(rows, (long) columns));
  }

  /** Allocates a table of zeros in {@code arena}. */
  public static RowTable allocate(Arena arena, long rows, int columns) {
    return new RowTable(arena.allocate(byteSize(rows, columns), ALIGNMENT), rows, columns);
  }

  /**
   * Maps a table onto a file, so that it may exceed the machine's memory; the file is created and grown to the table's
   * size if it is new.
   *
   * @throws IllegalArgumentException if the file exists with another size
   * @throws IOException if the file cannot be opened or mapped
   */
  public static RowTable map(Path file, Arena arena, long rows, int columns) throws IOException {
    long bytes = byteSize(rows, columns);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (channel.size() != 0 && channel.size() != bytes) {
        throw new IllegalArgumentException(
            file + ": holds " + channel.size() + " bytes: a " + rows + " x " + columns + " table has " + bytes);
      }
      return new RowTable(channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena), rows, columns);
    }
  }

  /**
   * Views a contiguous tensor of any rank as a table: rows are the first dimension, columns all others; a scalar is one
   * by one.
   *
   * @throws IllegalArgumentException if a row has more than 2^31 - 1 elements or the memory has another size
   */
  public static RowTable ofTensor(MemorySegment data, long... shape) {
    if (shape.length == 0) {
      return new RowTable(data, 1, 1, List.of());
    }
    long columns = 1;
    for (long dimension : Arrays.copyOfRange(shape, 1, shape.length)) {
      columns = Math.multiplyExact(columns, dimension);
    }
    if (columns > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("row of " + columns + " elements: must be < 2^31");
    }
    return new RowTable(data, shape[0], (int) columns, Arrays.stream(shape).boxed().toList());
  }

  private static long byteSize(long rows, int columns) {
    if (rows < 1 || columns < 1) {
      throw new IllegalArgumentException("table of " + rows + " x " + columns + ": both must be >= 1");
    }
    return Math.multiplyExact(Math.multiplyExact(rows, (long) columns), (long) Float.BYTES);
  }

  /** Byte offset of {@code row} in {@link #data()}. */
  public long offset(long row) {
    return row * columns * Float.BYTES;
  }

  /** Number of bytes of the parameters. */
  public long bytes() {
    return data.byteSize();
  }

  /** One element; for tests and reports, not for loops over a table. */
  public float get(long row, int column) {
    return data.get(ValueLayout.JAVA_FLOAT, offset(row) + (long) column * Float.BYTES);
  }

  /** Sets one element; for tests and small set-ups, not for loops over a table. */
  public void set(long row, int column, float value) {
    data.set(ValueLayout.JAVA_FLOAT, offset(row) + (long) column * Float.BYTES, value);
  }

  /**
   * Copies rows {@code ids[0..count)} one after the other to the front of {@code out}.
   *
   * @throws IndexOutOfBoundsException if an id is outside the table or {@code out} is too small
   */
  public void gather(long[] ids, int count, MemorySegment out) {
    long rowBytes = (long) columns * Float.BYTES;
    for (int i = 0; i < count; i++) {
      MemorySegment.copy(data, offset(ids[i]), out, i * rowBytes, rowBytes);
    }
  }

  /**
   * Refuses a gradient of another shape.
   *
   * @throws IllegalArgumentException naming what does not fit
   */
  public void requireFits(Gradient gradient) {
    long count = gradient.count();
    if (gradient.columns() != columns) {
      throw new IllegalArgumentException(
          "gradient with " + gradient.columns() + " columns: the table has " + columns);
    }
    if (gradient instanceof DenseRows && count != rows) {
      throw new IllegalArgumentException(
          "dense gradient of " + count + " rows: the table has " + rows
              + "; give some rows as SparseRows");
    }
    if (count > 0 && gradient.row(count - 1) >= rows) {
      throw new IllegalArgumentException(
          "gradient row " + gradient.row(count - 1) + ": the table has " + rows + " rows");
    }
  }
}
