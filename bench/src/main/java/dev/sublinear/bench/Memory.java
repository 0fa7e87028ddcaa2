/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory that all sections use one after the other: the first touch of a page costs seconds a gigabyte, a fill 0.06 s.
 *
 * <p>As an arena it hands out one piece after the other, all zeros; {@link #reserve} takes all of them back. Not
 * thread-safe.
 */
final class Memory implements Arena {
  /** What is left to the rest of the machine. */
  private static final long HEAD_ROOM = 2_000_000_000L;

  private Arena arena = Arena.ofShared();
  private MemorySegment all = MemorySegment.NULL;
  private long used;

  /** Bytes that may still be allocated without pushing anything out: what the system has, less some head room. */
  long available() {
    return machineAvailable() - HEAD_ROOM + all.byteSize();
  }

  private static long machineAvailable() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemAvailable:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        }
      }
    } catch (IOException e) {
      // The next line is for systems without that file.
    }
    return Runtime.getRuntime().maxMemory();
  }

  /**
   * Takes back all that was handed out and makes sure that {@code bytes} can be; what is there is kept if it is enough.
   */
  void reserve(long bytes) {
    if (bytes > all.byteSize()) {
      arena.close();
      arena = Arena.ofShared();
      all = arena.allocate(bytes, 64);
    } else {
      all.asSlice(0, used).fill((byte) 0);
    }
    used = 0;
  }

  @Override
  public MemorySegment allocate(long bytes, long alignment) {
    long start = Math.ceilDiv(used, alignment) * alignment;
    MemorySegment piece = all.asSlice(start, bytes);
    used = start + bytes;
    return piece;
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
