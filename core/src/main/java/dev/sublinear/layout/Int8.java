/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.kernel.Float8;
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
 * 8 bits per element and 16 for every 256 columns of a row: a quarter of {@code dense} for any slot; {@code adam
 * m=int8,v=int8} is 8-bit Adam.
 *
 * <p>S &lt;- round(decay S + scale x); the estimate is the value before rounding. The code is a float of 3 fraction
 * bits whose exponents are relative to the block's largest value, with a sign only in blocks that have a value below 0,
 * see {@link Float8}. Sums are rounded stochastically, with noise that depends on (seed, step, row, column) alone;
 * maxima to nearest, since noise would push a running maximum up for ever.
 *
 * <p>Relative error of one rounding: at most 2^-3 (sums, mean 0), 2^-4 (maxima), of values down to 2^-31 of the block's
 * largest (2^-15 where there is a sign); a smaller one is stored as the smallest of the block. Infinities and NaN stay
 * with their element. Bytes: rows (columns + 2 ceil(columns / 256)). Takes every slot.
 *
 * <p>Source: Dettmers, Lewis, Shleifer, Zettlemoyer, 2022 (block-wise quantization). Deviations, measured in
 * docs/adr/0017: a float of 3 fraction bits for their dynamic tree code, which needs no table; stochastic rounding for
 * nearest, with which a second moment does not decay while the largest of its block does not; no second moment above 0
 * is stored as 0; blocks are 256 columns of a row rather than 2048 elements of the tensor. SM3's 8-bit momentum (Anil
 * et al., 2019) has a scale per column, which is known only after the last row: a scale per block needs no second pass.
 */
public record Int8() implements StateLayout {
  private static final Kernels KERNELS = KernelSelection.current().kernels();
  private static final long RUN = Scratch.run(Scratch.LAYOUT_RUN);

  @Override
  public String name() {
    return "int8";
  }

  @Override
  public long bytes(long... shape) {
    return Math.addExact(Shapes.elements(shape), headerBytes(shape));
  }

  private static long headerBytes(long... shape) {
    return Math.multiplyExact(Shapes.rows(shape), Short.BYTES * Float8.blocks(Shapes.columns(shape)));
  }

  @Override
  public RowState allocate(Arena arena, long seed, long... shape) {
    return new State(arena.allocate(Shapes.elements(shape), 64), arena.allocate(headerBytes(shape), 64),
        Shapes.columns(shape), seed);
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
    private static final long STREAM = CounterRandom.stream("int8");
    private final MemorySegment codes;
    private final MemorySegment headers;
    private final long columns;
    private final long blocks;
    private final long seed;
    private long stepKey;

    State(MemorySegment codes, MemorySegment headers, long columns, long seed) {
      this.codes = codes;
      this.headers = headers;
      this.columns = columns;
      this.seed = seed;
      blocks = Float8.blocks(columns);
    }

    @Override
    public void beginStep(long t, float decay, float scale) {
      stepKey = CounterRandom.key(seed, STREAM, t);
    }

    @Override
    public void locate(long[] rows, int count, int column, RowCells[] at) {
      for (int i = 0; i < count; i++) {
        at[i].depth = 1;
        at[i].offsets[0] = rows[i] * columns + column;
      }
    }

    @Override
    public MemorySegment cells() {
      return codes;
    }

    private long header(long row, int column) {
      return row * blocks + column / Float8.BLOCK;
    }

    private void decode(long row, int column, int n, MemorySegment out, long oo) {
      for (int i = 0; i < n; i += Float8.BLOCK) {
        short header = headers.getAtIndex(ValueLayout.JAVA_SHORT, header(row, column + i));
        KERNELS.decode(codes, row * columns + column + i, header, out, oo + 4L * i, Math.min(Float8.BLOCK, n - i));
      }
    }

    @Override
    public void accumulate(long row, int column, int n, float decay, float scale, MemorySegment x, long xo,
        MemorySegment out, long oo, RowCells at, Scratch scratch) {
      decode(row, column, n, scratch.memory, RUN);
      KERNELS.decayAdd(scratch.memory, RUN, n, decay, scale, x, xo, out, oo);
      int key = (int) CounterRandom.bits(stepKey, row) + column / 2;
      for (int i = 0; i < n; i += Float8.BLOCK) {
        int size = Math.min(Float8.BLOCK, n - i);
        short header = KERNELS.blockHeader(out, oo + 4L * i, size);
        KERNELS.encodeStochastic(out, oo + 4L * i, codes, row * columns + column + i, size, header, key + i / 2);
        headers.setAtIndex(ValueLayout.JAVA_SHORT, header(row, column + i), header);
      }
    }

    @Override
    public void query(long row, int column, int n, MemorySegment out, long oo, RowCells at, Scratch scratch) {
      decode(row, column, n, out, oo);
    }

    @Override
    public void maximize(long row, int column, int n, MemorySegment x, long xo, MemorySegment out, long oo,
        Scratch scratch) {
      decode(row, column, n, scratch.memory, RUN);
      KERNELS.maximum(scratch.memory, RUN, n, x, xo, out, oo);
      for (int i = 0; i < n; i += Float8.BLOCK) {
        int size = Math.min(Float8.BLOCK, n - i);
        short header = KERNELS.blockHeader(out, oo + 4L * i, size);
        KERNELS.encodeNearest(out, oo + 4L * i, codes, row * columns + column + i, size, header);
        headers.setAtIndex(ValueLayout.JAVA_SHORT, header(row, column + i), header);
      }
    }

    @Override
    public Sharing sharing() {
      return Sharing.NONE;
    }

    @Override
    public List<StateArray> arrays() {
      return List.of(new StateArray("codes", codes), new StateArray("headers", headers));
    }
  }
}
