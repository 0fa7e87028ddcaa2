/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exact Shampoo: against its oracle, and the facts that need no oracle. */
final class ShampooTest {
  private static final String BARE = ":graft=none:momentum=0:merge=1";

  @Test
  void updates_ofRanksTwoToFour_areThoseOfTheOracle() {
    for (int[] dimensions : List.of(new int[] {7, 5}, new int[] {3, 4, 5}, new int[] {2, 3, 2, 4})) {
      for (double beta2 : new double[] {0.9, 1}) {
        ShampooOracle oracle = ShampooOracle.whole(beta2, 1e-6, dimensions);
        try (Run run = new Run("shampoo:roots=1:beta2=" + beta2 + BARE,
            Arrays.stream(dimensions).asLongStream().toArray())) {
          int n = run.parameters().length;
          for (int t = 0; t < 6; t++) {
            double[] gradient = Run.random(t, n);
            double[] expected = oracle.step(gradient);
            assertArrayEquals(expected, run.update(gradient), 2e-4 * Run.norm(expected), "step " + t);
          }
        }
      }
    }
  }

  /** A gradient, two zeros and the same again: (1 - b) (b^3 + 1) of its outer product. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.8})
  void statistics_areAMovingAverage(double beta2) {
    double[] gradient = {0.5, -0.5};
    try (Run.Bare run = new Run.Bare(new WholeFactor.Kind(beta2, 1e-6), 2)) {
      run.update(gradient);
      run.update(new double[2]);
      run.update(new double[2]);
      double factor = (1 - beta2) * (beta2 * beta2 * beta2 + 1);
      double length = 1 / Math.sqrt(factor * 0.5);
      assertArrayEquals(new double[] {0.5 * length, -0.5 * length}, run.update(gradient), 1e-6);
    }
  }

  /** Roots every fourth step at beta2 = 1: gradients between two of them may come in any order. */
  @Test
  void roots_doNotDependOnTheOrderWithinAWindow() {
    try (Run one = new Run("shampoo:roots=4:beta2=1" + BARE, 5, 4);
        Run other = new Run("shampoo:roots=4:beta2=1" + BARE, 5, 4)) {
      int[] order = {0, 3, 1, 2, 4};
      for (int t = 0; t < 4; t++) {
        one.update(Run.random(t, 20));
        other.update(Run.random(order[t], 20));
      }
      assertArrayEquals(one.update(Run.random(4, 20)), other.update(Run.random(4, 20)), 1e-4);
    }
  }

  /** Between roots the old ones serve. */
  @Test
  void roots_betweenTheirSteps_stay() {
    try (Run run = new Run("shampoo:roots=3" + BARE, 5, 4)) {
      run.update(Run.random(0, 20));
      double[] root = run.array("axis0.root");
      for (int t = 1; t < 3; t++) {
        double[] statistics = run.array("axis0.statistics");
        run.update(Run.random(t, 20));
        assertArrayEquals(root, run.array("axis0.root"));
        assertEquals(false, Arrays.equals(statistics, run.array("axis0.statistics")));
      }
      run.update(Run.random(3, 20));
      assertEquals(false, Arrays.equals(root, run.array("axis0.root")));
    }
  }

  @Test
  void directionsBelowTheCut_areLeftOut() {
    try (Run run = new Run("shampoo:beta2=1:roots=1" + BARE, 2, 2)) {
      assertArrayEquals(new double[] {1, 0, 0, 0}, run.update(new double[] {1, 0, 0, 1e-4}), 1e-7);
      assertArrayEquals(new double[] {Math.sqrt(0.5), 0, 0, 1}, run.update(new double[] {1, 0, 0, 1}), 1e-3);
    }
  }
}
