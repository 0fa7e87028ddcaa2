/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.RowCells;
import dev.sublinear.kernel.Scratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One float32 per row: the decayed mean over the columns of the squared gradient.
 *
 * <p>S[row] &lt;- decay S[row] + scale mean_c(g[row, c]^2); the estimate of every column is S[row]. Exact for one
 * column; otherwise exact in the mean over the columns, without a bound on one element. Bytes: 4 rows. Takes
 * non-negative slots only: the mean of a signed row says nothing about its elements.
 *
 * <p>Source: row-wise Adagrad of recommender systems (Mudigere et al., 2022); here for any rule.
 */
public record RowWise() implements StateLayout {
  private static final Kernels KERNELS = KernelSelection.current().kernels();

  @Override
  public String name() {
    return "row-wise";
  }

  @Override
  public long bytes(long... shape) {
    return Math.multiplyExact(Shapes.rows(shape), (long) Float.BYTES);
  }

  @Override
  public RowState allocate(Arena arena, long seed, long... shape) {
    return new State(arena.allocate(bytes(shape), 64), Shapes.columns(shape));
  }

  @Override
  public Reduction firstSweep() {
    return Reduction.ROW_SUM;
  }

  @Override
  public boolean lossless(long... shape) {
    return Shapes.columns(shape) == 1;
  }

  @Override
  public @Nullable String refusal(Slot slot) {
    return switch (slot.kind()) {
      case NON_NEGATIVE -> null;
      case SIGNED, UPDATE -> "it keeps one mean of squares per row, and this moment has a sign";
      case MAXIMUM -> "it keeps a mean per row, which is not a maximum";
    };
  }

  @Override
  public String toString() {
    return name();
  }

  private static final class State implements UniformRowState {
    private final MemorySegment means;
    private final long columns;
    private float decay;
    private float scale;

    State(MemorySegment means, long columns) {
      this.means = means;
      this.columns = columns;
    }

    @Override
    public void beginStep(long t, float decay, float scale) {
      this.decay = decay;
      this.scale = scale;
    }

    @Override
    public void absorb(long row, MemorySegment g, long go, int n) {
      float mean = means.getAtIndex(ValueLayout.JAVA_FLOAT, row);
      means.setAtIndex(ValueLayout.JAVA_FLOAT, row, decay * mean + scale * (KERNELS.sumOfSquares(g, go, n) / columns));
    }

    @Override
    public void locate(long[] rows, int count, int column, RowCells[] at) {
      for (int i = 0; i < count; i++) {
        at[i].depth = 1;
        at[i].offsets[0] = Float.BYTES * rows[i];
      }
    }

    @Override
    public MemorySegment cells() {
      return means;
    }

    @Override
    public float estimate(long row) {
      return means.getAtIndex(ValueLayout.JAVA_FLOAT, row);
    }

    @Override
    public void accumulate(long row, int column, int n, float decay, float scale, MemorySegment x, long xo,
        MemorySegment out, long oo, RowCells at, Scratch scratch) {
      KERNELS.fill(out, oo, n, estimate(row));
    }

    @Override
    public Sharing sharing() {
      return Sharing.COLUMNS;
    }

    @Override
    public List<StateArray> arrays() {
      return List.of(new StateArray("means", means));
    }
  }
}
