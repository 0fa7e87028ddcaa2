/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import dev.sublinear.kernel.Bfloat16;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.Scratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * The cells of {@link CountSketch} and {@link CountMin}, [depth x width x columns].
 *
 * <p>With decay {@code global} the true value of a cell is {@code factor} times what is stored; {@code factor} is folded
 * into the cells before it leaves [2^-20, 2^20].
 */
final class Sketch implements RowState {
  private static final Kernels KERNELS = KernelSelection.current().kernels();
  private static final long BUCKETS = CounterRandom.stream("sketch buckets");
  private static final long SIGNS = CounterRandom.stream("sketch signs");
  private static final long ROUNDING = CounterRandom.stream("sketch rounding");
  private static final double SMALLEST_FACTOR = 0x1.0p-20;
  private static final long DELTA = Scratch.run(Scratch.LAYOUT_RUN);

  private final SketchOptions options;
  private final boolean signed;
  private final long seed;
  private final long rows;
  private final long width;
  private final long bucketBytes;
  private final MemorySegment cells;
  private final MemorySegment factor;
  private final long[] bucketKeys;
  private final long[] signKeys;
  private long roundingKey;

  Sketch(SketchOptions options, boolean signed, Arena arena, long seed, long[] shape) {
    this.options = options;
    this.signed = signed;
    this.seed = seed;
    rows = Shapes.rows(shape);
    width = options.width(rows);
    bucketBytes = Shapes.columns(shape) * options.cellBytes();
    cells = arena.allocate(options.bytes(shape) - (isGlobal() ? Double.BYTES : 0), 64);
    factor = isGlobal() ? arena.allocate(Double.BYTES, Double.BYTES) : MemorySegment.NULL;
    if (isGlobal()) {
      factor.set(ValueLayout.JAVA_DOUBLE, 0, 1);
    }
    bucketKeys = new long[options.depth()];
    signKeys = new long[options.depth()];
    for (int j = 0; j < options.depth(); j++) {
      bucketKeys[j] = CounterRandom.key(seed, BUCKETS, j);
      signKeys[j] = CounterRandom.key(seed, SIGNS, j);
    }
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
      int noise = Bfloat16.noise((int) CounterRandom.bits(roundingKey, -1 - i));
      cells.setAtIndex(ValueLayout.JAVA_SHORT, i, Bfloat16.round(scaled, noise));
    }
  }

  @Override
  public void accumulate(long row, int column, int n, float decay, float scale, MemorySegment x, long xo,
      MemorySegment out, long oo, Scratch scratch) {
    int depth = options.depth();
    locate(row, column, scratch);
    if (options.cells() == SketchOptions.Cells.F32) {
      accumulate(cells, scratch, n, decay, scale, x, xo, out, oo);
      return;
    }
    // bfloat16 cells of this row are widened into the scratch runs behind DELTA, updated there, and rounded back.
    for (int j = 0; j < depth; j++) {
      KERNELS.widen(cells, scratch.offsets[j], scratch.memory, Scratch.run(Scratch.LAYOUT_RUN + 1 + j), n);
      scratch.offsets[j] = Scratch.run(Scratch.LAYOUT_RUN + 1 + j);
    }
    accumulate(scratch.memory, scratch, n, decay, scale, x, xo, out, oo);
    for (int j = 0; j < depth; j++) {
      long from = scratch.offsets[j];
      int key = (int) CounterRandom.bits(roundingKey, row * depth + j) + column;
      KERNELS.roundStochastic(scratch.memory, from, cells, cellOffset(row, j, column), n, key);
    }
  }

  private void accumulate(MemorySegment target, Scratch scratch, int n, float decay, float scale, MemorySegment x,
      long xo, MemorySegment out, long oo) {
    int depth = options.depth();
    if (signed) {
      KERNELS.median(target, scratch.offsets, scratch.signs, depth, out, oo, n);
    } else {
      KERNELS.minimum(target, scratch.offsets, depth, out, oo, n);
    }
    float ofOld = decay - 1;
    float ofNew = scale;
    float trueFactor = 1;
    if (isGlobal()) {
      trueFactor = (float) factor.get(ValueLayout.JAVA_DOUBLE, 0);
      ofOld = 0;
      ofNew = scale / trueFactor;
    }
    KERNELS.combine(ofOld, out, oo, ofNew, x, xo, scratch.memory, DELTA, n);
    for (int j = 0; j < depth; j++) {
      KERNELS.addScaled(target, scratch.offsets[j], n, scratch.signs[j], scratch.memory, DELTA);
    }
    KERNELS.combine(trueFactor, out, oo, trueFactor, scratch.memory, DELTA, out, oo, n);
  }

  private void locate(long row, int column, Scratch scratch) {
    for (int j = 0; j < options.depth(); j++) {
      scratch.offsets[j] = cellOffset(row, j, column);
      scratch.signs[j] = signed && CounterRandom.bits(signKeys[j], row) < 0 ? -1 : 1;
    }
  }

  private long cellOffset(long row, int j, int column) {
    long bucket = width >= rows ? row : CounterRandom.below(bucketKeys[j], row, width);
    return (j * width + bucket) * bucketBytes + (long) column * options.cellBytes();
  }

  @Override
  public Sharing sharing() {
    return width >= rows ? Sharing.NONE : Sharing.ROWS;
  }

  @Override
  public List<StateArray> arrays() {
    StateArray array = new StateArray("cells", cells);
    return isGlobal() ? List.of(array, new StateArray("factor", factor)) : List.of(array);
  }
}
