/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.RowCells;
import dev.sublinear.kernel.Scratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One float32 per element: the layout that every other one is measured against.
 *
 * <p>S &lt;- decay S + scale x; the estimate is S. Exact. Bytes: 4 rows columns. Takes every slot.
 */
public record Dense() implements StateLayout {
  private static final Kernels KERNELS = KernelSelection.current().kernels();

  @Override
  public String name() {
    return "dense";
  }

  @Override
  public long bytes(long... shape) {
    return Math.multiplyExact(Shapes.elements(shape), (long) Float.BYTES);
  }

  @Override
  public RowState allocate(Arena arena, long seed, long... shape) {
    return new State(arena.allocate(bytes(shape), 64), Shapes.columns(shape) * Float.BYTES);
  }

  @Override
  public boolean lossless(long... shape) {
    return true;
  }

  @Override
  public @Nullable String refusal(Slot slot) {
    return null;
  }

  @Override
  public String toString() {
    return name();
  }

  private record State(MemorySegment cells, long rowBytes) implements MaxRowState, DirectRowState {
    @Override
    public long offset(long row, int column) {
      return row * rowBytes + 4L * column;
    }

    @Override
    public void locate(long[] rows, int count, int column, RowCells[] at) {
      for (int i = 0; i < count; i++) {
        at[i].depth = 1;
        at[i].offsets[0] = offset(rows[i], column);
      }
    }

    @Override
    public void accumulate(long row, int column, int n, float decay, float scale, MemorySegment x, long xo,
        MemorySegment out, long oo, RowCells at, Scratch scratch) {
      KERNELS.decayAdd(cells, offset(row, column), n, decay, scale, x, xo, out, oo);
    }

    @Override
    public void query(long row, int column, int n, MemorySegment out, long oo, RowCells at, Scratch scratch) {
      MemorySegment.copy(cells, offset(row, column), out, oo, 4L * n);
    }

    @Override
    public void maximize(long row, int column, int n, MemorySegment x, long xo, MemorySegment out, long oo,
        Scratch scratch) {
      KERNELS.maximum(cells, offset(row, column), n, x, xo, out, oo);
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
