/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class StopwatchTest {
  @Test
  void wallSeconds_beforeTheFirstStep_isZero() {
    Stopwatch watch = new Stopwatch();
    assertEquals(0, watch.wallSeconds());
    watch.start();
    assertTrue(watch.wallSeconds() > 0);
  }

  @Test
  void stepNotStopped_isNotCounted() {
    Stopwatch watch = new Stopwatch();
    watch.start();
    assertNull(watch.throughput());
    watch.start();
    watch.stop(7);
    assertEquals(1, watch.steps());
    assertEquals(7, watch.examples());
  }
}
