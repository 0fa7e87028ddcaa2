/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Working memory of whole steps: one piece that all optimizers of a training use in turn, as large as the largest asks
 * for.
 *
 * <p>It is reserved when an optimizer is made, so that a step allocates nothing. What is in it means nothing between
 * two steps. Bytes: the most that was ever reserved. Not thread-safe. Close it to give the memory back.
 */
public final class Workspace implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  private Arena arena = Arena.ofShared();
  private MemorySegment memory = MemorySegment.NULL;

  /** A workspace without memory. */
  public Workspace() {}

  /** Makes {@link #memory} at least this large; what was in it is lost if it grows. */
  public void reserve(long bytes) {
    if (bytes > memory.byteSize()) {
      arena.close();
      arena = Arena.ofShared();
      memory = arena.allocate(bytes, ALIGNMENT);
    }
  }

  /** The memory, aligned to 64 bytes; valid until the next {@link #reserve}. */
  public MemorySegment memory() {
    return memory;
  }

  @Override
  public void close() {
    arena.close();
  }
}
