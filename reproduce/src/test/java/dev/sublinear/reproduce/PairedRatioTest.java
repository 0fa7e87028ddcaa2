/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairedRatioTest {
  @Test
  void of_twoSeeds_isTheGeometricMeanAndTheRange() {
    PairedRatio ratio = PairedRatio.of(List.of(110.0, 200.0), List.of(100.0, 250.0));
    assertEquals(Math.sqrt(1.1 * 0.8), ratio.mean(), 1e-12);
    assertEquals(0.8, ratio.low(), 1e-12);
    assertEquals(1.1, ratio.high(), 1e-12);
  }

  /**
   * Between the third least and third greatest of eight lies the median with probability 0.71, of the fourth with 0.27.
   */
  @Test
  void of_manySeeds_leavesOutTheEnds() {
    List<Double> ones = Collections.nCopies(8, 1.0);
    PairedRatio ratio = PairedRatio.of(List.of(1.08, 0.1, 1.03, 1.02, 0.95, 9.0, 1.01, 1.05), ones);
    assertEquals(1.01, ratio.low(), 1e-12);
    assertEquals(1.05, ratio.high(), 1e-12);
    List<Double> four = List.of(0.9, 1.1, 1.2, 0.8);
    assertEquals(0.8, PairedRatio.of(four, ones.subList(0, 4)).low(), 1e-12);
    assertEquals(0.9, PairedRatio.of(List.of(0.9, 1.1, 1.2, 0.8, 0.95), ones.subList(0, 5)).low(), 1e-12);
  }

  @Test
  void of_divergedRun_isInfinite() {
    PairedRatio ratio = PairedRatio.of(List.of(Double.POSITIVE_INFINITY, 200.0), List.of(100.0, 250.0));
    assertEquals(Double.POSITIVE_INFINITY, ratio.mean());
    assertEquals(0.8, ratio.low(), 1e-12);
  }

  @Test
  void of_unpairedLists_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> PairedRatio.of(List.of(1.0), List.of(1.0, 2.0)));
    assertThrows(IllegalArgumentException.class, () -> PairedRatio.of(List.of(), List.of()));
  }

  @Test
  void goal_upperLimit_isMetByTheLowerEnd_lowerLimitToo() {
    PairedRatio ratio = new PairedRatio(1.05, 1.02, 1.08);
    assertTrue(new Method.RatioGoal(1.02, true, null).isMet(ratio));
    assertFalse(new Method.RatioGoal(1.01, true, null).isMet(ratio));
    assertTrue(new Method.RatioGoal(1.02, false, null).isMet(ratio));
    assertFalse(new Method.RatioGoal(1.03, false, null).isMet(ratio));
  }
}
