/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.RowCells;
import dev.sublinear.kernel.Scratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One accumulator per slice of a tensor, {@code sm3}: for a matrix one per row and one per column.
 *
 * <p>A slice is all elements that agree in one index; A(r) is the accumulator of slice r, and an element i lies in as
 * many slices as the tensor has dimensions. Variant II: nu(i) = decay min_{r contains i} A(r) + scale g(i)^2 is the
 * estimate; then A(r) &lt;- max_{i in r} nu(i). Variant I: A(r) &lt;- decay A(r) + scale max_{i in r} g(i)^2; then the
 * estimate is min_{r contains i} A(r). Maxima pass over NaN, so that it spoils its element alone; an infinite square,
 * from a gradient beyond 1.8e19, makes the estimate of its element infinite for good, and with the rows alone those of
 * its row the greatest float, which with variant II decays. With decay 1 and scale 1 they are the published sums, with
 * beta and 1 - beta the exponential mean.
 *
 * <p>Error: the moment &lt;= II &lt;= I, for every element in every step, without an upper bound on one element: one
 * large gradient in each of its slices is enough to spoil it. Exact where the tensor has at most one dimension longer
 * than 1. Bytes: 4 (sum of the dimensions), 4 elements where exact; dimensions of 1 behind the first cost nothing,
 * since their one slice is never the least. Working memory beside the state, which {@link #bytes} does not count: 4
 * (sum of the dimensions longer than 1 behind the first), hence 4 columns for a matrix, and with variant II 4 rows more
 * where a row is longer than {@link Scratch#BLOCK}, with variant I 12,480 bytes; none where exact. Takes non-negative
 * slots only.
 *
 * <p><b>Tables with sparse gradients</b> have the rows alone as their cover: with the first gradient that is not of
 * every row the other accumulators are given up for good (they hold -1 then), and nu(i) = decay A(row) + scale g(i)^2,
 * A(row) &lt;- max nu; for variant I, A(row) &lt;- decay A(row) + scale max g(i)^2. A row decays when it is touched.
 * Every slice alone bounds its elements, so the error bound holds through the change (docs/adr/0016).
 *
 * <p>Source: Anil, Gupta, Koren, Singer, 2019, and their code, which has the sparse form. Deviations: in their code the
 * form is chosen by each gradient, and columns that missed sparse ones then bound nothing. Between steps the estimate
 * is that of a step without a gradient, min A. Variant I takes a sweep over the gradient before, on one thread.
 *
 * @param variant the recurrence
 */
public record Sm3Cover(Variant variant) implements StateLayout {
  private static final Kernels KERNELS = KernelSelection.current().kernels();
  private static final long RUN = BoundedRowState.TO_MAXIMA;

  /** Which of the paper's two recurrences. */
  public enum Variant {
    /** Sums of the maxima of the slices. */
    I,
    /** Maxima over the slices of what the estimates add up to; never above the other. */
    II
  }

  @Override
  public String name() {
    return "sm3";
  }

  @Override
  public long bytes(long... shape) {
    if (lossless(shape)) {
      return new Dense().bytes(shape);
    }
    long accumulators = Shapes.rows(shape);
    for (int axis = 1; axis < shape.length; axis++) {
      accumulators = Math.addExact(accumulators, shape[axis] == 1 ? 0 : shape[axis]);
    }
    return Math.multiplyExact(accumulators, (long) Float.BYTES);
  }

  @Override
  public RowState allocate(Arena arena, long seed, long... shape) {
    if (lossless(shape)) {
      return new Dense().allocate(arena, seed, shape);
    }
    Slices slices = new Slices(arena, shape, variant == Variant.II);
    return variant == Variant.I ? new SumsOfMaxima(slices, arena) : new MaximaOfSums(slices);
  }

  /** For variant II the sweep is a look at what kind of gradient it is. */
  @Override
  public Reduction firstSweep() {
    return Reduction.GRADIENT;
  }

  /** Variant II replaces the columns' accumulators when the step ends; those of variant I are there before its rows. */
  @Override
  public boolean isKnownInStep() {
    return variant == Variant.I;
  }

  @Override
  public boolean lossless(long... shape) {
    int longer = 0;
    for (long dimension : shape) {
      longer += dimension > 1 ? 1 : 0;
    }
    return longer <= 1;
  }

  @Override
  public @Nullable String refusal(Slot slot) {
    return switch (slot.kind()) {
      case NON_NEGATIVE -> null;
      case SIGNED, UPDATE -> "a least bound over slices is no estimate of a moment with a sign";
      case MAXIMUM -> "it bounds sums, and a maximum of its bounds would be one of all slices";
    };
  }

  @Override
  public String toString() {
    return name() + Term.text("variant", variant, Variant.II);
  }

  /** What both recurrences do alike: each thread copies the bounds of a block of columns, and starts maxima at 0. */
  private interface CoveredRowState extends RowState {
    Slices slices();

    @Override
    default void enterColumns(int column, int n, long kept, Scratch scratch) {
      slices().bounds(column, n, scratch.memory, kept);
      KERNELS.fill(scratch.memory, kept + RUN, n, 0);
    }

    @Override
    default void locate(long[] rows, int count, int column, RowCells[] at) {
      Slices.locate(rows, count, at);
    }

    @Override
    default MemorySegment cells() {
      return slices().rows();
    }

    @Override
    default void query(long row, int column, int n, MemorySegment out, long oo, RowCells at, Scratch scratch) {
      slices().least(row, column, n, out, oo);
    }

    @Override
    default Sharing sharing() {
      return Sharing.BOTH;
    }

    @Override
    default List<StateArray> arrays() {
      return slices().arrays();
    }
  }

  private record MaximaOfSums(Slices slices) implements CoveredRowState, BoundedRowState {
    @Override
    public void absorb(Gradient gradient, boolean ofSquares) {
      slices.begin(gradient);
    }

    @Override
    public void accumulate(long row, int column, int n, float decay, float scale, MemorySegment x, long xo,
        MemorySegment out, long oo, RowCells at, Scratch scratch) {
      float greatest =
          KERNELS.decayAddBounded(bound(row), scratch.memory, at.kept, scratch.memory, at.kept + RUN, n,
              decay, scale, x, xo, out, oo);
      raise(row, column, n, greatest);
    }

    @Override
    public float bound(long row) {
      return slices.row(row);
    }

    @Override
    public void raise(long row, int column, int n, float greatest) {
      slices.setRow(row, column, n, greatest);
    }

    @Override
    public void leaveColumns(int column, int n, long kept, Scratch scratch) {
      slices.raise(column, n, scratch.memory, kept + RUN);
    }

    @Override
    public void endStep() {
      slices.end();
    }
  }

  private static final class SumsOfMaxima implements CoveredRowState {
    private static final long SQUARES = 0;
    private static final long GREATEST = RUN;
    private static final long UNUSED = Scratch.run(2);
    private final Slices slices;
    private final MemorySegment work;
    private float decay;
    private float scale;

    SumsOfMaxima(Slices slices, Arena arena) {
      this.slices = slices;
      work = arena.allocate(Scratch.run(3), 64);
    }

    @Override
    public Slices slices() {
      return slices;
    }

    @Override
    public void beginStep(long t, float decay, float scale) {
      this.decay = decay;
      this.scale = scale;
    }

    @Override
    public void absorb(Gradient gradient, boolean ofSquares) {
      slices.begin(gradient);
      for (long i = 0; i < gradient.count(); i++) {
        long row = gradient.row(i);
        float greatest = 0;
        for (int column = 0; column < gradient.columns(); column += Scratch.BLOCK) {
          int n = Math.min(Scratch.BLOCK, gradient.columns() - column);
          KERNELS.square(gradient.values(), gradient.offset(i) + 4L * column, work, SQUARES, n);
          KERNELS.fill(work, GREATEST, n, 0);
          greatest =
              Math.max(greatest, KERNELS.decayAddBounded(0, work, GREATEST, work, GREATEST, n, 0, 1, work, SQUARES,
                  work, UNUSED));
          slices.raise(column, n, work, GREATEST);
        }
        slices.addToRow(row, decay, scale, greatest);
      }
      slices.endSum(decay, scale);
    }

    /**
     * The maxima have been taken, so nothing is added to the bounds, and what the kernel makes of {@code out} is lost.
     */
    @Override
    public void accumulate(long row, int column, int n, float decay, float scale, MemorySegment x, long xo,
        MemorySegment out, long oo, RowCells at, Scratch scratch) {
      KERNELS.decayAddBounded(slices.row(row), scratch.memory, at.kept, out, oo, n, 1, 0, scratch.memory, at.kept + RUN,
          out, oo);
    }
  }
}
