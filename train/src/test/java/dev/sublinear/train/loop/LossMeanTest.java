/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class LossMeanTest {
  @Test
  void take_ofWindowsOfDifferentLength_isPerTarget() {
    LossMean mean = new LossMean();
    mean.add(2, 30);
    mean.add(6, 10);
    assertEquals(3, mean.take());
    mean.add(5, 7);
    assertEquals(5, mean.take());
  }
}
