/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class MachineMemoryTest {
  private static final long LARGE = 256L << 20;

  @Test
  void resetPeak_forgetsWhatWasFreed() {
    try (Arena arena = Arena.ofConfined()) {
      arena.allocate(LARGE, 64).fill((byte) 1);
    }
    Long before = MachineMemory.peakResidentBytes();
    boolean isReset = MachineMemory.resetPeak();
    Long after = MachineMemory.peakResidentBytes();
    if (before == null || after == null) {
      assertTrue(!Files.exists(Path.of("/proc/self/status")));
    } else if (isReset) {
      assertTrue(after < before - LARGE / 2, before + " then " + after);
    } else {
      assertEquals(before, after);
    }
  }
}
