/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.online;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the sketched methods have in common, and the projection onto a ball. */
class SketchedLearnerTest {
  private static double[] random(Random random, int d) {
    return random.doubles(d).map(x -> 2 * x - 1).toArray();
  }

  /** D.23: of the same gradients RFD adds half of what S-AdaGrad adds; FD-SON and Ada-FD add nothing. */
  @Test
  void alpha_ofSAdagrad_isTwiceThatOfRfd() {
    SketchedMatrix whole = new SketchedMatrix(7, 3, 0, 1);
    SketchedMatrix half = new SketchedMatrix(7, 3, 0, 0.5);
    SketchedMatrix none = new SketchedMatrix(7, 3, 0.25, 0);
    Random random = new Random(2);
    for (int t = 0; t < 30; t++) {
      double[] g = random(random, 7);
      whole.add(1, g);
      half.add(1, g);
      none.add(1, g);
      assertEquals(whole.alpha(), 2 * half.alpha());
    }
    assertTrue(whole.alpha() > 1, "something escaped");
    assertEquals(0.25, none.alpha());
  }

  /** D.12 and D.13: streams whose escaped mass is known. */
  @Test
  void alpha_ofKnownStreams() {
    SketchedMatrix counts = new SketchedMatrix(4, 3, 0, 1);
    int[] stream = {0, 0, 1, 0, 2, 1, 3, 0};
    double[] escaped = {0, 0, 0, 0, 1, 1, 2, 2};
    for (int t = 0; t < stream.length; t++) {
      double[] g = new double[4];
      g[stream[t]] = 1;
      counts.add(1, g);
      assertEquals(escaped[t], counts.alpha(), 1e-12, "step " + t);
    }
    SketchedMatrix two = new SketchedMatrix(4, 2, 0, 1);
    two.add(1, new double[] {3, 4, 0, 0});
    two.add(0.5, new double[] {0, 0, 10, 24});
    assertEquals(25, two.alpha(), 1e-12);
    two.add(1, new double[] {1, 0, 0, 0});
    assertEquals(26, two.alpha(), 1e-12);
    // S = 143 p p^T along (0, 0, 5, 12) / 13: H g by hand, H the identity across it and 1/169 along.
    double[] w = new double[4];
    two.subtract(1, (s, alpha) -> 26 / (s + alpha), new double[] {1, 0, 5, 12}, w);
    assertArrayEquals(new double[] {-1, 0, -5 * 26 / 169.0, -12 * 26 / 169.0}, w, 1e-12);
  }

  /** The point that is nearest in the norm of H: inside the ball, or H (y - x) = mu x with mu >= 0 on its surface. */
  @Test
  void projectOnBall_isTheNearestPoint() {
    Random random = new Random(4);
    for (int trial = 0; trial < 60; trial++) {
      int d = 2 + trial % 6;
      double delta = trial % 3 == 0 ? 0.2 : 0;
      OnlineOptions options = new OnlineOptions(1 + trial % d, 1, delta);
      SketchedMatrix matrix = new SketchedMatrix(d, options.sketch(), delta, 1);
      for (int t = 0; t < 2 * d; t++) {
        matrix.add(1, random(random, d));
      }
      double[] y = random(random, d);
      double radius = (0.1 + random.nextDouble()) * Math.sqrt(OnlineOracle.dot(y, y));
      double[] x = y.clone();
      matrix.projectOnBall(radius, x);
      if (radius * radius >= OnlineOracle.dot(y, y)) {
        assertArrayEquals(y, x);
        continue;
      }
      assertEquals(radius, Math.sqrt(OnlineOracle.dot(x, x)), 1e-12);
      double[] difference = new double[d];
      for (int i = 0; i < d; i++) {
        difference[i] = y[i] - x[i];
      }
      double[] minusForce = new double[d];
      matrix.subtract(1, (s, alpha) -> Math.sqrt(s + alpha), difference, minusForce);
      double mu = -OnlineOracle.dot(minusForce, x) / (radius * radius);
      assertTrue(mu > 0, "mu " + mu);
      for (int i = 0; i < d; i++) {
        assertEquals(mu * x[i], -minusForce[i], 1e-10, options + ", d " + d);
      }
    }
  }

  /** Where the matrix is 0 every point is as near; it is the one that is nearest as the eye sees it. */
  @Test
  void projectOnBall_acrossAMatrixOfLowRank_isNearest() {
    SketchedMatrix matrix = new SketchedMatrix(3, 3, 0, 1);
    matrix.add(1, new double[] {2, 0, 0});
    double[] y = {3, 8, -6};
    matrix.projectOnBall(5, y);
    assertArrayEquals(new double[] {3, 3.2, -2.4}, y, 1e-14);
    y = new double[] {-8, 3, 4};
    matrix.projectOnBall(5, y);
    assertArrayEquals(new double[] {-5, 0, 0}, y, 1e-12);
  }

  @Test
  void sketchedAdagrad_inABall_staysThere_andInAWideOneIsFree() {
    OnlineOptions options = new OnlineOptions(3, 1, 0);
    OnlineLearner free = OnlineMethods.named("s-adagrad").start(6, options);
    OnlineLearner wide = SketchedLearner.sketchedAdagrad(6, options, 1e6);
    OnlineLearner narrow = SketchedLearner.sketchedAdagrad(6, options, 0.5);
    Random random = new Random(6);
    boolean isOnSurface = false;
    for (int t = 0; t < 40; t++) {
      double[] g = random(random, 6);
      for (OnlineLearner learner : new OnlineLearner[] {free, wide, narrow}) {
        OnlineMethodsTest.step(learner, g);
      }
      assertArrayEquals(free.weights(), wide.weights());
      double norm = Math.sqrt(OnlineOracle.dot(narrow.weights(), narrow.weights()));
      assertTrue(norm <= 0.5 + 1e-12, "norm " + norm);
      isOnSurface |= norm > 0.5 - 1e-12;
    }
    assertTrue(isOnSurface);
    for (double radius : new double[] {0, -1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> SketchedLearner.sketchedAdagrad(6, options, radius));
    }
  }
}
