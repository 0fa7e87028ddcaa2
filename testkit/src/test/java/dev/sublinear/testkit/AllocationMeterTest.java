/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The meter sees a single small object per call, and nothing where there is nothing. */
final class AllocationMeterTest {
  private volatile @Nullable Object sink;
  private long count;

  @Test
  void bytesPerRound_oneObjectPerCall_isSeen() {
    long bytes = AllocationMeter.bytesPerRound(() -> sink = new Object(), 100);
    assertTrue(bytes >= 8L * AllocationMeter.CALLS, bytes + " bytes");
  }

  @Test
  void bytesPerRound_boxedNumber_isSeen() {
    long bytes = AllocationMeter.bytesPerRound(() -> sink = 1000 + count++, 100);
    assertTrue(bytes >= 8L * AllocationMeter.CALLS, bytes + " bytes");
  }

  @Test
  void bytesPerRound_nothing_isZero() {
    assertEquals(0, AllocationMeter.bytesPerRound(() -> count++, 100));
  }
}
