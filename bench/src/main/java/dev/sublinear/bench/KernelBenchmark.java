/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
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

/** The kernels alone, on runs that sit in a cache. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KernelBenchmark {
  /** Elements of a run. */
  @Param({"64", "256", "1024"}) public int size = 256;

  private final Kernels kernels = KernelSelection.current().kernels();
  private final MemorySegment cells = Arena.ofAuto().allocate(1 << 16, 64);

  /** {@link Kernels#addScaled}. */
  @Benchmark
  public void addScaled() {
    kernels.addScaled(cells, 0, size, 0.5f, cells, 1 << 15);
  }
}
