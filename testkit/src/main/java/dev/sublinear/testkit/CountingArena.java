/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** An arena of one thread that counts what is taken from it. */
public final class CountingArena implements Arena {
  private final Arena arena = Arena.ofConfined();
  private long bytes;

  /** An arena from which nothing has been taken. */
  public CountingArena() {}

  /** Bytes taken so far, gaps for alignment not counted. */
  public long bytes() {
    return bytes;
  }

  @Override
  public MemorySegment allocate(long byteSize, long byteAlignment) {
    bytes += byteSize;
    return arena.allocate(byteSize, byteAlignment);
  }

  @Override
  public MemorySegment.Scope scope() {
    return arena.scope();
  }

  @Override
  public void close() {
    arena.close();
  }
}
