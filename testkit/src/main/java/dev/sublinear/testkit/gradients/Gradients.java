/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.gradients;

import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.SparseRows;
import dev.sublinear.kernel.CounterRandom;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.TreeSet;

/**
 * A source of gradients for a table, each a function of (seed, step, row, column) alone.
 *
 * @param seed the seed; print it when a test fails
 * @param rows rows of the table
 * @param columns columns of the table
 */
public record Gradients(long seed, long rows, int columns) {
  /** What the values look like. */
  public enum Values {
    /** Standard normal. */
    NORMAL,
    /** Half standard normal, half zeros of both signs, denormals, and numbers whose squares are tiny or huge. */
    SPECIAL
  }

  /** Finite values that have caught many a kernel; all squares are finite. */
  private static final float[] SPECIALS = {0f, -0f, Float.MIN_VALUE, -1e-40f, Float.MIN_NORMAL, -1e-20f, 1e10f, -3e15f};

  private static final long VALUES = CounterRandom.stream("testkit gradient values");
  private static final long ROWS = CounterRandom.stream("testkit gradient rows");

  /** A gradient for every row. */
  public DenseRows dense(Arena arena, long step, Values values) {
    MemorySegment data = arena.allocate(4 * rows * columns, 64);
    for (long row = 0; row < rows; row++) {
      fill(data, row, step, row, values);
    }
    return new DenseRows(data, rows, columns);
  }

  /**
   * A gradient for the distinct rows among {@code draws} draws from Zipf's law: row r with a chance in proportion to
   * about 1 / (r + 1), so that low rows come in most steps and high rows rarely.
   */
  public SparseRows sparse(Arena arena, long step, int draws, Values values) {
    long key = CounterRandom.key(seed, ROWS, step);
    TreeSet<Long> ids = new TreeSet<>();
    for (int i = 0; i < draws; i++) {
      double rank = StrictMath.pow(rows + 1.0, CounterRandom.uniformDouble(key, i));
      ids.add(Math.min((long) rank - 1, rows - 1));
    }
    return ofRows(arena, step, values, ids.stream().mapToLong(Long::longValue).toArray());
  }

  /** A gradient for the given ascending rows. */
  public SparseRows ofRows(Arena arena, long step, Values values, long... ids) {
    MemorySegment data = arena.allocate(Math.max(4L * ids.length * columns, 4), 64);
    for (int i = 0; i < ids.length; i++) {
      fill(data, i, step, ids[i], values);
    }
    return new SparseRows(ids, ids.length, data, columns);
  }

  private void fill(MemorySegment data, long position, long step, long row, Values values) {
    long key = CounterRandom.key(seed, VALUES, step);
    for (long c = 0; c < columns; c++) {
      data.setAtIndex(ValueLayout.JAVA_FLOAT, position * columns + c, value(key, row * columns + c, values));
    }
  }

  private static float value(long key, long index, Values values) {
    long choice = CounterRandom.bits(~key, index);
    if (values == Values.SPECIAL && choice < 0) {
      return SPECIALS[(int) (choice & 7)];
    }
    return (float) normal(key, index);
  }

  /** A standard normal number (Box, Muller, 1958). */
  public static double normal(long key, long index) {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - CounterRandom.uniformDouble(key, 2 * index)));
    return radius * StrictMath.cos(2 * Math.PI * CounterRandom.uniformDouble(key, 2 * index + 1));
  }
}
