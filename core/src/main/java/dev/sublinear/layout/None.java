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
 * No state: the estimate is scale x.
 *
 * <p>A rule whose slot has this layout runs with that slot's decay at 0, hence with scale 1 and no bias correction, so
 * that the estimate is the gradient itself ({@code adam m=none} is RMSprop with Adam's bias correction of v and its
 * cut-off). Bytes: 0. Takes slots with a sign only: without a second moment there is nothing left to divide by.
 */
public record None() implements StateLayout {
  private static final Kernels KERNELS = KernelSelection.current().kernels();

  @Override
  public String name() {
    return "none";
  }

  @Override
  public long bytes(long... shape) {
    return 0;
  }

  @Override
  public RowState allocate(Arena arena, long seed, long... shape) {
    return new State();
  }

  @Override
  public StateLayout exact(Slot slot) {
    return this;
  }

  @Override
  public boolean lossless(long... shape) {
    return false;
  }

  @Override
  public @Nullable String refusal(Slot slot) {
    return switch (slot.kind()) {
      case SIGNED, UPDATE -> null;
      case NON_NEGATIVE, MAXIMUM -> "without it the rule has nothing to divide by";
    };
  }

  @Override
  public String toString() {
    return name();
  }

  private record State() implements StatelessRowState {
    @Override
    public void accumulate(long row, int column, int n, float decay, float scale, MemorySegment x, long xo,
        MemorySegment out, long oo, RowCells at, Scratch scratch) {
      MemorySegment.copy(x, xo, out, oo, 4L * n);
      if (scale != 1) {
        KERNELS.scale(out, oo, n, scale);
      }
    }

    @Override
    public Sharing sharing() {
      return Sharing.NONE;
    }

    @Override
    public List<StateArray> arrays() {
      return List.of();
    }
  }
}
