/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import dev.sublinear.kernel.Bfloat16;
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
 * One bfloat16 per element: half of {@code dense} for any slot.
 *
 * <p>S &lt;- round(decay S + scale x); the estimate is the value before rounding. Sums are rounded stochastically, with
 * noise that depends on (seed, step, row, column) alone: the stored value is right in the mean. Rounding to nearest
 * would not do: with beta2 = 0.999 the change of a second moment in one step is smaller than half a bfloat16 unit, so
 * it would never move again. Maxima are rounded to nearest, since noise would push a running maximum up for ever.
 *
 * <p>Relative error of one rounding: at most 2^-8 (sums, mean 0), 2^-9 (maxima). Bytes: 2 rows columns. Takes every
 * slot. Rows are packed, see {@link Bfloat16}. Source: stochastic rounding as in Gupta et al., 2015.
 */
public record Bf16() implements StateLayout {
  private static final Kernels KERNELS = KernelSelection.current().kernels();
  private static final long RUN = Scratch.run(Scratch.LAYOUT_RUN);

  @Override
  public String name() {
    return "bf16";
  }

  @Override
  public long bytes(long... shape) {
    return Math.multiplyExact(Shapes.elements(shape), (long) Short.BYTES);
  }

  @Override
  public RowState allocate(Arena arena, long seed, long... shape) {
    return new State(arena.allocate(bytes(shape), 64), Shapes.columns(shape), seed);
  }

  @Override
  public boolean lossless(long... shape) {
    return false;
  }

  @Override
  public @Nullable String refusal(Slot slot) {
    return null;
  }

  @Override
  public String toString() {
    return name();
  }

  private static final class State implements MaxRowState {
    private static final long STREAM = CounterRandom.stream("bf16");
    private final MemorySegment cells;
    private final long columns;
    private final long seed;
    private long stepKey;

    State(MemorySegment cells, long columns, long seed) {
      this.cells = cells;
      this.columns = columns;
      this.seed = seed;
    }

    @Override
    public void beginStep(long t, float decay, float scale) {
      stepKey = CounterRandom.key(seed, STREAM, t);
    }

    @Override
    public void locate(long[] rows, int count, int column, RowCells[] at) {
      for (int i = 0; i < count; i++) {
        at[i].depth = 1;
        at[i].offsets[0] = offset(rows[i], column);
      }
    }

    @Override
    public MemorySegment cells() {
      return cells;
    }

    private long offset(long row, int column) {
      return Short.BYTES * (row * columns + column);
    }

    @Override
    public void accumulate(long row, int column, int n, float decay, float scale, MemorySegment x, long xo,
        MemorySegment out, long oo, RowCells at, Scratch scratch) {
      long so = offset(row, column);
      KERNELS.widen(cells, so, scratch.memory, RUN, n);
      KERNELS.decayAdd(scratch.memory, RUN, n, decay, scale, x, xo, out, oo);
      int key = (int) CounterRandom.bits(stepKey, row) + column / 2;
      KERNELS.roundStochastic(out, oo, cells, so, n, key);
    }

    @Override
    public void query(long row, int column, int n, MemorySegment out, long oo, RowCells at, Scratch scratch) {
      KERNELS.widen(cells, offset(row, column), out, oo, n);
    }

    @Override
    public void maximize(long row, int column, int n, MemorySegment x, long xo, MemorySegment out, long oo,
        Scratch scratch) {
      long so = offset(row, column);
      KERNELS.widen(cells, so, scratch.memory, RUN, n);
      KERNELS.maximum(scratch.memory, RUN, n, x, xo, out, oo);
      KERNELS.roundNearest(out, oo, cells, so, n);
    }

    @Override
    public Sharing sharing() {
      return Sharing.NONE;
    }

    @Override
    public List<StateArray> arrays() {
      return List.of(new StateArray("cells", cells));
    }
  }
}
