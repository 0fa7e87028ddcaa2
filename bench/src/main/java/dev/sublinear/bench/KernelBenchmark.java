/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.kernel.Float8;
import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.RowCells;
import dev.sublinear.kernel.Scratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The kernels alone, on runs that sit in the first-level cache: what is left of their time when memory costs nothing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KernelBenchmark {
  private static final int LONGEST = 1024;
  private static final int RUNS = 7;
  private static final int DEPTH = 3;
  private static final float DECAY = 0.9f;
  private static final float SCALE = 0.1f;
  private static final float EPSILON = 1e-8f;
  private static final short HEADER = Float8.header(Float.floatToIntBits(1), true);

  /** Elements of a run. */
  @Param({"64", "256"}) public int size = 256;

  private final Kernels kernels;
  private final MemorySegment memory = Arena.ofAuto().allocate((RUNS + 1) * run(1), 64);
  private final Scratch scratch = new Scratch(Arena.ofAuto());

  /** With the kernels of this JVM. */
  public KernelBenchmark() {
    this(KernelSelection.current().kernels());
  }

  KernelBenchmark(Kernels kernels) {
    this.kernels = kernels;
    CounterRandom.fillUniform(memory, 1, 1, 0.1f, 1);
  }

  /** Byte offset of a run; 64 more bytes keep equal columns of two runs out of one cache set. */
  private static long run(int k) {
    return k * (4L * LONGEST + 64);
  }

  MemorySegment memory() {
    return memory;
  }

  /** {@link Kernels#square}. */
  @Benchmark
  public void square() {
    kernels.square(memory, run(1), memory, run(0), size);
  }

  /** {@link Kernels#decayAdd}. */
  @Benchmark
  public void decayAdd() {
    kernels.decayAdd(memory, run(1), size, DECAY, SCALE, memory, run(2), memory, run(0));
  }

  /** {@link Kernels#decayAddSquare}. */
  @Benchmark
  public void decayAddSquare() {
    kernels.decayAddSquare(memory, run(1), size, DECAY, SCALE, memory, run(2));
  }

  /** {@link Kernels#maximum}. */
  @Benchmark
  public void maximum() {
    kernels.maximum(memory, run(1), size, memory, run(2), memory, run(0));
  }

  /** {@link Kernels#decayAddBounded}. */
  @Benchmark
  public float decayAddBounded() {
    return kernels.decayAddBounded(SCALE, memory, run(1), memory, run(2), size, 1, 1, memory, run(3), memory, run(0));
  }

  /** {@link Kernels#adaptiveStepBounded}. */
  @Benchmark
  public float adaptiveStepBounded() {
    return kernels.adaptiveStepBounded(memory, run(0), size, 1e-3f, memory, run(1), SCALE, memory, run(2), run(3), 1, 1,
        EPSILON, Float.MAX_VALUE);
  }

  /** {@link Kernels#addScaled}. */
  @Benchmark
  public void addScaled() {
    kernels.addScaled(memory, run(1), size, 1e-3f, memory, run(2));
  }

  /** {@link Kernels#combine}. */
  @Benchmark
  public void combine() {
    kernels.combine(DECAY, memory, run(1), SCALE, memory, run(2), memory, run(0), size);
  }

  /** {@link Kernels#scale}, by 1: another factor would end in zeros, denormals or infinity. */
  @Benchmark
  public void scale() {
    kernels.scale(memory, run(1), size, 1);
  }

  /** {@link Kernels#fill}. */
  @Benchmark
  public void fill() {
    kernels.fill(memory, run(0), size, SCALE);
  }

  /** {@link Kernels#adaptiveStep}. */
  @Benchmark
  public void adaptiveStep() {
    kernels.adaptiveStep(memory, run(0), size, 1e-3f, memory, run(1), memory, run(2), 1, EPSILON, Float.MAX_VALUE);
  }

  /** {@link Kernels#adam}. */
  @Benchmark
  public void adam() {
    kernels.adam(memory, run(0), size, memory, run(1), memory, run(2), DECAY, SCALE, memory, run(3), DECAY, SCALE,
        1e-3f,
        1, EPSILON, Float.MAX_VALUE);
  }

  /** {@link Kernels#updateSketch} of a count-sketch of depth 3. */
  @Benchmark
  public void updateSketch() {
    kernels.updateSketch(memory, row(0, true), size, memory, run(7), memory, run(0), scratch);
  }

  /** {@link Kernels#adamOfSketches} of depth 3. */
  @Benchmark
  public void adamOfSketches() {
    kernels.adamOfSketches(memory, run(0), size, memory, run(7), memory, row(0, true), memory, row(1, false), 1e-3f, 1,
        EPSILON, Float.MAX_VALUE, scratch);
  }

  private RowCells row(int slot, boolean isMedian) {
    RowCells row = scratch.located(0, slot)[0];
    row.depth = DEPTH;
    row.isMedian = isMedian;
    row.ofCell = DECAY;
    row.ofOld = 0;
    row.ofNew = SCALE;
    row.factor = 1;
    for (int j = 0; j < DEPTH; j++) {
      row.offsets[j] = run(1 + slot * DEPTH + j);
      row.signs[j] = isMedian && j == 1 ? -1 : 1;
    }
    return row;
  }

  /** {@link Kernels#widen}. */
  @Benchmark
  public void widen() {
    kernels.widen(memory, run(1), memory, run(0), size);
  }

  /** {@link Kernels#roundStochastic}. */
  @Benchmark
  public void roundStochastic() {
    kernels.roundStochastic(memory, run(1), memory, run(0), size, 1);
  }

  /** {@link Kernels#roundNearest}. */
  @Benchmark
  public void roundNearest() {
    kernels.roundNearest(memory, run(1), memory, run(0), size);
  }

  /** {@link Kernels#blockHeader}. */
  @Benchmark
  public short blockHeader() {
    return kernels.blockHeader(memory, run(1), size);
  }

  /** {@link Kernels#decode}. */
  @Benchmark
  public void decode() {
    kernels.decode(memory, run(1), HEADER, memory, run(0), size);
  }

  /** {@link Kernels#encodeStochastic}. */
  @Benchmark
  public void encodeStochastic() {
    kernels.encodeStochastic(memory, run(1), memory, run(0), size, HEADER, 1);
  }

  /** {@link Kernels#encodeNearest}. */
  @Benchmark
  public void encodeNearest() {
    kernels.encodeNearest(memory, run(1), memory, run(0), size, HEADER);
  }

  /** {@link Kernels#sumOfSquares}. */
  @Benchmark
  public float sumOfSquares() {
    return kernels.sumOfSquares(memory, run(1), size);
  }
}
