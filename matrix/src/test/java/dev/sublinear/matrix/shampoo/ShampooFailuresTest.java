/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.matrix.sketch.TailDecay;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients that are not finite and decompositions that fail, for both rules. */
final class ShampooFailuresTest {
  /** A gradient that is not finite is not taken in, and counted once; the next one finds everything as it was. */
  @ParameterizedTest
  @MethodSource("dev.sublinear.matrix.shampoo.AroundShampooTest#rules")
  void gradientThatIsNotFinite_isKeptOutAndCounted(String rule) {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1e30}) {
      try (Run run = new Run(rule + AroundShampooTest.BARE, 6, 5);
          Run other = new Run(rule + AroundShampooTest.BARE, 6, 5)) {
        double[] first = Run.random(0, 30);
        assertArrayEquals(other.update(first), run.update(first));
        double[] spoilt = Run.random(1, 30);
        spoilt[7] = bad;
        run.update(spoilt);
        assertEquals(1, run.optimizer.failures());
        assertArrayEquals(other.update(Run.random(2, 30)), run.update(Run.random(2, 30)));
        assertEquals(1, run.optimizer.failures());
      }
    }
  }

  /** With momentum and a graft too: no root mixes its element with the others, then or in the steps that follow. */
  @ParameterizedTest
  @MethodSource("dev.sublinear.matrix.shampoo.AroundShampooTest#rules")
  void gradientThatIsNotFinite_spoilsItsElementAlone(String rule) {
    for (String graft : new String[] {"none", "sgd", "adagrad", "rmsprop", "rmsprop-normalized"}) {
      for (double bad : new double[] {Double.NaN, Double.NEGATIVE_INFINITY, 1e30}) {
        String text = rule + ":graft=" + graft;
        try (Run run = new Run(text, 6, 5)) {
          run.step(Run.random(0, 30), 0.1f);
          double[] spoilt = Run.random(1, 30);
          spoilt[7] = bad;
          run.step(spoilt, 0.1f);
          for (int t = 2; t < 6; t++) {
            double[] before = run.parameters();
            run.step(Run.random(t, 30), 0.1f);
            double[] after = run.parameters();
            for (int i = 0; i < 30; i++) {
              assertTrue(i == 7 || Double.isFinite(after[i]) && after[i] != before[i],
                  text + ", " + bad + ", step " + t + ", element " + i + ": " + before[i] + ", " + after[i]);
            }
          }
          assertEquals(1, run.optimizer.failures());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.sublinear.matrix.shampoo.AroundShampooTest#rules")
  void gradientThatIsNotFinite_isSteppedByTheGraftingRule(String rule) {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1e30}) {
      try (Run run = new Run(rule + ":momentum=0", 6, 5); Run row = new Run(rule + ":momentum=0:limit=1", 6, 5)) {
        run.update(Run.random(0, 30));
        row.update(Run.random(0, 30));
        double[] spoilt = Run.random(1, 30);
        spoilt[7] = bad;
        assertArrayEquals(row.update(spoilt), run.update(spoilt));
      }
    }
  }

  /**
   * Roots are due in steps 1 and 4; the one of step 4, whose gradient is bad, is of the gradients of steps 2 and 3 too.
   */
  @ParameterizedTest
  @CsvSource({"shampoo, axis0.root", "s-shampoo:rank=3, axis0.scalars"})
  void gradientThatIsNotFinite_doesNotPutOffTheRootOfOthers(String rule, String array) {
    try (Run run = new Run(rule + AroundShampooTest.BARE + ":statistics=1:roots=3", 6, 5);
        Run every = new Run(rule + AroundShampooTest.BARE + ":statistics=1:roots=1", 6, 5)) {
      for (int t = 0; t < 3; t++) {
        run.update(Run.random(t, 30));
        every.update(Run.random(t, 30));
      }
      double[] spoilt = Run.random(3, 30);
      spoilt[0] = Double.NaN;
      run.update(spoilt);
      assertEquals(1, run.optimizer.failures());
      assertArrayEquals(every.array(array), run.array(array));
    }
  }

  /** The eigenvalues of statistics with a NaN do not converge: the root stays. */
  @Test
  void failedRootOfShampoo_keepsThePreviousOne() {
    try (Run run = new Run("shampoo:roots=1" + AroundShampooTest.BARE, 6, 5)) {
      double[] identity = run.array("axis0.root");
      run.update(Run.random(0, 30));
      double[] previous = run.array("axis0.root");
      assertEquals(false, Arrays.equals(identity, previous));
      run.segmentOf("axis0.statistics").setAtIndex(JAVA_FLOAT, 0, Float.NaN);
      double[] update = run.update(Run.random(1, 30));
      assertEquals(1, run.optimizer.failures());
      assertArrayEquals(previous, run.array("axis0.root"));
      assertTrue(Arrays.stream(update).allMatch(Double::isFinite));
    }
  }

  @Test
  void failedShrinking_keepsSketchAndRoot() {
    double[] spoilt = Run.random(1, 30);
    spoilt[3] = Double.NaN;
    for (Factor.Kind kind : List.of(new SketchedFactor.Kind(new Sketching(3, 0.9, TailDecay.BETA2, 1e-7), true),
        new SketchedFactor.Kind(new Sketching(3, 0.9, TailDecay.BETA2, 1e-7), false))) {
      try (Run.Bare run = new Run.Bare(kind, 6, 5); Run.Bare other = new Run.Bare(kind, 6, 5)) {
        run.update(spoilt);
        assertEquals(2, run.preconditioner.failures());
        assertArrayEquals(other.update(Run.random(2, 30)), run.update(Run.random(2, 30)));
        run.update(spoilt);
        assertEquals(4, run.preconditioner.failures());
        assertArrayEquals(other.update(Run.random(3, 30)), run.update(Run.random(3, 30)));
      }
    }
  }
}
