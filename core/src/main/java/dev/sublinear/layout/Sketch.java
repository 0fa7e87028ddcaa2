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
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * The cells of {@link CountSketch} and {@link CountMin}, [depth x width x columns].
 *
 * <p>With decay {@code global} the true value of a cell is {@code factor} times what is stored; {@code factor} is
 * folded into the cells before it leaves [2^-20, 2^20].
 */
final class Sketch implements SketchRowState {
  private static final Kernels KERNELS = KernelSelection.current().kernels();
  private static final long ROUNDING = CounterRandom.stream("sketch rounding");
  private static final double SMALLEST_FACTOR = 0x1.0p-20;

  private final SketchOptions options;
  private final boolean isSigned;
  private final long seed;
  private final boolean isLossless;
  private final long width;
  private final long bucketBytes;
  private final MemorySegment cells;
  private final MemorySegment factor;
  private final long hashKey;
  private long roundingKey;

  Sketch(SketchOptions options, boolean isSigned, Arena arena, long seed, long[] shape) {
    this.options = options;
    this.isSigned = isSigned;
    this.seed = seed;
    width = options.width(Shapes.rows(shape));
    isLossless = width >= Shapes.rows(shape);
    bucketBytes = Shapes.columns(shape) * options.cellBytes();
    cells = arena.allocate(options.bytes(shape) - (isGlobal() ? Double.BYTES : 0), 64);
    factor = isGlobal() ? arena.allocate(Double.BYTES, Double.BYTES) : MemorySegment.NULL;
    if (isGlobal()) {
      factor.set(ValueLayout.JAVA_DOUBLE, 0, 1);
    }
    hashKey = SketchHash.key(seed);
  }

  private boolean isGlobal() {
    return options.decay() == SketchOptions.Decay.GLOBAL;
  }

  @Override
  public void beginStep(long t, float decay, float scale) {
    roundingKey = CounterRandom.key(seed, ROUNDING, t);
    if (options.cleaning() != null && t % options.cleaning().every() == 0) {
      scaleCells(options.cleaning().factor());
    }
    if (isGlobal()) {
      double decayed = factor.get(ValueLayout.JAVA_DOUBLE, 0) * decay;
      if (decayed < SMALLEST_FACTOR || decayed > 1 / SMALLEST_FACTOR) {
        scaleCells((float) decayed);
        decayed = 1;
      }
      factor.set(ValueLayout.JAVA_DOUBLE, 0, decayed);
    }
  }

  private void scaleCells(float by) {
    if (options.cells() == SketchOptions.Cells.F32) {
      KERNELS.scale(cells, 0, cells.byteSize() / Float.BYTES, by);
      return;
    }
    for (long i = 0; i < cells.byteSize() / Short.BYTES; i++) {
      float scaled = Bfloat16.toFloat(cells.getAtIndex(ValueLayout.JAVA_SHORT, i)) * by;
      int noise = Bfloat16.noise((int) CounterRandom.bits(roundingKey, -1 - i)) & 0xFFFF;
      cells.setAtIndex(ValueLayout.JAVA_SHORT, i, Bfloat16.round(scaled, noise));
    }
  }

  @Override
  public void locate(long[] rows, int count, int column, RowCells[] at) {
    int depth = options.depth();
    boolean isPacked = options.cells() == SketchOptions.Cells.BF16;
    long skip = (long) column * options.cellBytes();
    for (int i = 0; i < count; i++) {
      RowCells cells = at[i];
      cells.depth = depth;
      cells.isMedian = isSigned;
      cells.isPacked = isPacked;
      long hash = CounterRandom.bits(hashKey, rows[i]);
      for (int j = 0; j < depth; j++) {
        long bucket = isLossless ? rows[i] : SketchHash.bucket(hash, j, width);
        cells.offsets[j] = (j * width + bucket) * bucketBytes + skip;
        cells.signs[j] = isSigned ? SketchHash.sign(hash, j) : 1;
      }
    }
  }

  @Override
  public MemorySegment cells() {
    return cells;
  }

  @Override
  public void aim(RowCells at, long row, int column, float decay, float scale) {
    if (isGlobal()) {
      at.factor = (float) factor.get(ValueLayout.JAVA_DOUBLE, 0);
      at.ofCell = 1;
      at.ofOld = 0;
      at.ofNew = scale / at.factor;
    } else {
      boolean ownCell = options.decay() == SketchOptions.Decay.TOUCHED;
      at.factor = 1;
      at.ofCell = ownCell ? decay : 1;
      at.ofOld = ownCell ? 0 : decay - 1;
      at.ofNew = scale;
    }
    if (at.isPacked) {
      at.key = (int) CounterRandom.bits(roundingKey, row) + column / 2;
    }
  }

  @Override
  public void accumulate(long row, int column, int n, float decay, float scale, MemorySegment x, long xo,
      MemorySegment out, long oo, RowCells at, Scratch scratch) {
    aim(at, row, column, decay, scale);
    KERNELS.updateSketch(cells, at, n, x, xo, out, oo, scratch);
  }

  /**
   * Updates a copy of the row's cells by nothing: the estimate of the kernel, and -0 and infinities stay as they are.
   */
  @Override
  public void query(long row, int column, int n, MemorySegment out, long oo, RowCells at, Scratch scratch) {
    for (int j = 0; j < at.depth; j++) {
      long copy = Scratch.run(Scratch.CELL_RUN + j);
      if (at.isPacked) {
        KERNELS.widen(cells, at.offsets[j], scratch.memory, copy, n);
      } else {
        MemorySegment.copy(cells, at.offsets[j], scratch.memory, copy, 4L * n);
      }
      at.offsets[j] = copy;
    }
    at.isPacked = false;
    aim(at, row, column, 1, 0);
    long zeros = Scratch.run(0);
    KERNELS.fill(scratch.memory, zeros, n, 0);
    KERNELS.updateSketch(scratch.memory, at, n, scratch.memory, zeros, out, oo, scratch);
  }

  /**
   * Adds the buckets 2k and 2k + 1 of {@code state} up to bucket k of {@code half}, which has half the width: widths
   * are even, so no pair crosses a depth. bfloat16 cells are rounded to nearest: one rounding in a training has no
   * mean to keep, and cells of several depths that are equal stay so.
   */
  static void fold(SketchOptions options, RowState state, RowState half, long[] shape) {
    MemorySegment wide = state.arrays().getFirst().data();
    MemorySegment narrow = half.arrays().getFirst().data();
    int columns = Math.toIntExact(Shapes.columns(shape));
    int cell = options.cellBytes();
    long bucket = (long) columns * cell;
    long second = (long) Scratch.BLOCK * Float.BYTES;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sums = arena.allocate(2 * second, 64);
      for (long to = 0; to < narrow.byteSize(); to += bucket) {
        for (int c = 0; c < columns; c += Scratch.BLOCK) {
          int n = Math.min(Scratch.BLOCK, columns - c);
          long at = 2 * to + (long) c * cell;
          if (options.cells() == SketchOptions.Cells.F32) {
            KERNELS.combine(1, wide, at, 1, wide, at + bucket, narrow, to + (long) c * cell, n);
          } else {
            KERNELS.widen(wide, at, sums, 0, n);
            KERNELS.widen(wide, at + bucket, sums, second, n);
            KERNELS.combine(1, sums, 0, 1, sums, second, sums, 0, n);
            KERNELS.roundNearest(sums, 0, narrow, to + (long) c * cell, n);
          }
        }
      }
    }
    for (int k = 1; k < half.arrays().size(); k++) {
      half.arrays().get(k).data().copyFrom(state.arrays().get(k).data());
    }
  }

  @Override
  public Sharing sharing() {
    return isLossless ? Sharing.NONE : Sharing.ROWS;
  }

  @Override
  public List<StateArray> arrays() {
    StateArray array = new StateArray("cells", cells);
    return isGlobal() ? List.of(array, new StateArray("factor", factor)) : List.of(array);
  }
}
