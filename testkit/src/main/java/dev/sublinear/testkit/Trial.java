/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sublinear.gradient.RowTable;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.layout.StateArray;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * A table of parameters, uniform in (-1, 1), with an optimizer on it, in an arena of its own.
 *
 * <p>Equal arguments give equal bits. Not thread-safe; close it to free the memory.
 */
public final class Trial implements AutoCloseable {
  private static final long PARAMETERS = CounterRandom.stream("testkit parameters");

  private final Arena arena = Arena.ofShared();
  private final RowTable parameters;
  private final RowOptimizer optimizer;

  /** Allocates table and state. */
  public Trial(OptimizerSpec spec, long rows, int columns, long seed, Workers workers) {
    parameters = RowTable.allocate(arena, rows, columns);
    CounterRandom.fillUniform(parameters.data(), seed, PARAMETERS, -1, 1);
    optimizer = new RowOptimizer(spec, parameters, seed, arena, workers);
  }

  /** The arena of the trial, for its gradients too. */
  public Arena arena() {
    return arena;
  }

  /** The parameters. */
  public RowTable parameters() {
    return parameters;
  }

  /** The optimizer. */
  public RowOptimizer optimizer() {
    return optimizer;
  }

  /** A copy of the parameters, row after row. */
  public float[] values() {
    return parameters.data().toArray(ValueLayout.JAVA_FLOAT);
  }

  /**
   * A copy of all state arrays, one after the other.
   *
   * @throws IllegalStateException if they exceed a Java array
   */
  public byte[] state() {
    byte[] copy = new byte[Math.toIntExact(optimizer.bytes())];
    long at = 0;
    for (StateArray array : optimizer.arrays()) {
      MemorySegment.copy(array.data(), 0, MemorySegment.ofArray(copy), at, array.data().byteSize());
      at += array.data().byteSize();
    }
    return copy;
  }

  /** Fails unless both trials have the same parameters and the same state, bit for bit. */
  public void assertSameBits(Trial other, String context) {
    assertEquals(-1, parameters.data().mismatch(other.parameters.data()),
        () -> context + ": first different byte of the parameters");
    List<StateArray> mine = optimizer.arrays();
    List<StateArray> others = other.optimizer.arrays();
    assertEquals(mine.size(), others.size(), context);
    for (int k = 0; k < mine.size(); k++) {
      StateArray array = mine.get(k);
      assertEquals(-1, array.data().mismatch(others.get(k).data()),
          () -> context + ": first different byte of " + array.name());
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
