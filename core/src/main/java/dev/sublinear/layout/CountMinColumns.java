/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.RowCells;
import dev.sublinear.kernel.Scratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A count-min sketch of the columns within each row, {@code count-min:RATIO:axis=columns}, for tensors whose every row
 * has a gradient in every step.
 *
 * <p>Cells C of [rows x width], width = ceil(columns ratio), at most columns; column c has one bucket h(c), the same in
 * every row. C[i, b] &lt;- decay C[i, b] + scale (sum of g[i, c]^2 over h(c) = b), once a step; the estimate of S[i, c]
 * is C[i, h(c)]. The moment itself is never there as a whole.
 *
 * <p>h lays every run of width columns onto the buckets one after the other, beginning at a random bucket: two columns
 * of one run never meet, two others with probability 1 / width, and a row is worked on in contiguous pieces. Error:
 * S[i] &lt;= estimate, and above it on average by at most the row's sum / width: a bucket is a sum, as published, not a
 * mean, so where columns are alike the estimate is 1 / ratio times too large, and a step sqrt(ratio) as long. Exact
 * where width is the number of columns: for ratio 1, and for any ratio where there is one column, as in a vector [n],
 * which is a table of n rows. Bytes: 4 rows width; any shape has a width of at least 1. Takes non-negative slots only.
 *
 * <p>Source: Spring, Kyrillidis, Mohan, Shrivastava, 2019, section 6.2, and their code. Deviations: the hash; the step
 * uses the estimate after the update, as the rules are defined, so that the first one does not divide by 0.
 *
 * @param ratio cells of the sketch over elements of the moment; above 0
 */
public record CountMinColumns(double ratio) implements StateLayout {
  private static final Kernels KERNELS = KernelSelection.current().kernels();
  /** A product that is whole in decimals, as 0.1 of 30 columns, is not to exceed it by a rounding. */
  private static final double CEILING_SLACK = 1 - 0x1.0p-50;

  /**
   * Checks the ratio.
   *
   * @throws IllegalArgumentException naming the value and what is legal
   */
  public CountMinColumns {
    SketchOptions.checkRatio(ratio);
  }

  /** Reads {@code RATIO:axis=columns[:depth=1]}. */
  static CountMinColumns read(Term term) {
    int depth = term.option("depth", 1, Integer::parseInt, "1 with axis=columns");
    if (depth != 1) {
      throw new IllegalArgumentException(
          "count-min axis=columns depth " + depth + ": must be 1, there is one hash of the columns");
    }
    return new CountMinColumns(term.number("the ratio"));
  }

  private long width(long... shape) {
    long columns = Shapes.columns(shape);
    return (long) Math.min(Math.ceil(columns * ratio * CEILING_SLACK), columns);
  }

  @Override
  public String name() {
    return "count-min";
  }

  @Override
  public long bytes(long... shape) {
    return Math.multiplyExact(Shapes.rows(shape), Math.multiplyExact(width(shape), Float.BYTES));
  }

  @Override
  public RowState allocate(Arena arena, long seed, long... shape) {
    return new State(arena.allocate(bytes(shape), 64), Math.toIntExact(width(shape)), seed);
  }

  @Override
  public Reduction firstSweep() {
    return Reduction.ROW_SUM;
  }

  @Override
  public boolean lossless(long... shape) {
    return width(shape) == Shapes.columns(shape);
  }

  @Override
  public @Nullable String refusal(Slot slot) {
    return switch (slot.kind()) {
      case NON_NEGATIVE -> null;
      case SIGNED, UPDATE -> "sums of columns with a sign cancel; use bf16, none, or count-sketch with axis=rows";
      case MAXIMUM -> "a sketch is linear and a maximum is not";
    };
  }

  @Override
  public String toString() {
    return name() + ":" + Term.plain(ratio) + ":axis=columns";
  }

  private static final class State implements RowState {
    private static final long STREAM = CounterRandom.stream("sketch columns");
    private final MemorySegment cells;
    private final int width;
    private final long key;
    private float decay;
    private float scale;

    State(MemorySegment cells, int width, long seed) {
      this.cells = cells;
      this.width = width;
      key = CounterRandom.key(seed, STREAM, 0);
    }

    @Override
    public void beginStep(long t, float decay, float scale) {
      this.decay = decay;
      this.scale = scale;
    }

    private int bucket(int column) {
      return (int) ((CounterRandom.below(key, column / width, width) + column % width) % width);
    }

    /** How many columns from {@code column} on, at most {@code n}, have the buckets from {@code bucket} on. */
    private int piece(int column, int bucket, int n) {
      return Math.min(n, width - Math.max(column % width, bucket));
    }

    private long offset(long row, int bucket) {
      return (row * width + bucket) * Float.BYTES;
    }

    @Override
    public void absorb(long row, MemorySegment g, long go, int n) {
      for (int column = 0; column < n;) {
        int bucket = bucket(column);
        int piece = piece(column, bucket, n - column);
        // The first run has every bucket once.
        KERNELS.decayAddSquare(cells, offset(row, bucket), piece, column < width ? decay : 1, scale, g,
            go + 4L * column);
        column += piece;
      }
    }

    @Override
    public void locate(long[] rows, int count, int column, RowCells[] at) {
      for (int i = 0; i < count; i++) {
        at[i].depth = 1;
        at[i].offsets[0] = offset(rows[i], 0);
      }
    }

    @Override
    public MemorySegment cells() {
      return cells;
    }

    @Override
    public void accumulate(long row, int column, int n, float decay, float scale, MemorySegment x, long xo,
        MemorySegment out, long oo, RowCells at, Scratch scratch) {
      for (int done = 0; done < n;) {
        int bucket = bucket(column + done);
        int piece = piece(column + done, bucket, n - done);
        MemorySegment.copy(cells, offset(row, bucket), out, oo + 4L * done, 4L * piece);
        done += piece;
      }
    }

    @Override
    public Sharing sharing() {
      return Sharing.COLUMNS;
    }

    @Override
    public List<StateArray> arrays() {
      return List.of(new StateArray("cells", cells));
    }
  }
}
