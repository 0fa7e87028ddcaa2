/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.testkit.gradients.Gradients;
import dev.sublinear.testkit.gradients.Gradients.Values;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The preset {@code sm3}: its numbers after a few steps, from the test cases of the authors' and Optax' code, computed
 * again in double precision by an independent port.
 */
final class Sm3RuleTest {
  private static final double CLOSE = 1e-6;

  @Test
  void parse_ofTheName_isThePreset() {
    assertEquals("sm3 m=dense,v=sm3", OptimizerSpec.parse("sm3").toString());
    assertEquals("sm3 m=bf16,v=sm3", OptimizerSpec.parse("sm3 m=bf16").toString());
  }

  @Test
  void steps_ofAScalarAndAVector_areTheAuthors() {
    try (Tensor scalar = new Tensor("sm3", 1).set(0.5); Tensor vector = new Tensor("sm3", 1, 2).set(0.5, 0.3)) {
      double[][] expected = {{0.49, 0.29}, {0.473928932188, 0.273928932188}};
      double[] momentum = {0.1, 0.160710678119};
      for (int t = 0; t < 2; t++) {
        scalar.step(0.1f, 0.1);
        vector.step(0.1f, 0.1, 0.1);
        assertEquals(expected[t][0], scalar.values()[0], CLOSE);
        assertArrayEquals(expected[t], vector.values(), CLOSE);
        assertEquals(momentum[t], scalar.array("m.cells")[0], CLOSE);
        assertArrayEquals(new double[] {momentum[t], momentum[t]}, vector.array("m.cells"), CLOSE);
      }
      assertEquals(0.02, scalar.array("v.cells")[0], CLOSE);
    }
  }

  @Test
  void steps_ofAMatrix_areTheAuthors() {
    double[][] expected = {{0.49, 0.49, 0.49, 0.49}, {0.473928932188, 0.473928932188, 0.473928932188, 0.475452998038},
      {0.453691468466, 0.453691468466, 0.453691468466, 0.458096681945}};
    double[] momentum = {0.1, 0.145470019623, 0.173563160931};
    double[][] rows = {{0.01, 0.0009}, {0.02, 0.0018}, {0.03, 0.0027}};
    double[][] columns = {{0.01, 0.0025}, {0.02, 0.005}, {0.03, 0.0075}};
    try (Tensor matrix = new Tensor("sm3", 1, 2, 2).set(0.5, 0.5, 0.5, 0.5)) {
      for (int t = 0; t < 3; t++) {
        matrix.step(0.1f, 0.1, 0.05, 0.03, 0.02);
        assertArrayEquals(expected[t], matrix.values(), CLOSE);
        assertEquals(momentum[t], matrix.array("m.cells")[3], CLOSE);
        assertArrayEquals(rows[t], matrix.array("v.rows"), 1e-8);
        assertArrayEquals(columns[t], matrix.array("v.axis1"), 1e-8);
      }
    }
  }

  /** The sparse case of the authors' tests; their sparse step has no momentum, whether there is an m or not. */
  @ParameterizedTest
  @ValueSource(strings = {"sm3", "sm3 m=none", "sm3 m=bf16", "sm3 m=count-sketch:7:decay=global"})
  void steps_ofSparseRows_areTheAuthors(String text) {
    try (Tensor table = new Tensor(text, 1, 4, 2).set(0.5, 0.05, 0.05, 1, 0.15, 3, 0.35, 2)) {
      table.stepRows(0.1f, new long[] {1, 3}, 0.1, 0.05, 0.01, 1.5);
      assertArrayEquals(new double[] {0.5, 0.05, -0.05, 0.9, 0.15, 3, 0.25, 1.9}, table.values(), CLOSE);
      assertArrayEquals(new double[] {0, 0.01, 0, 2.25}, table.array("v.rows"), CLOSE);
      table.stepRows(0.1f, new long[] {1, 3}, 0.1, 0.05, 0.01, 1.5);
      assertArrayEquals(
          new double[] {0.5, 0.05, -0.120710678, 0.855278640, 0.15, 3, 0.249333348, 1.829289322}, table.values(),
          CLOSE);
      assertArrayEquals(new double[] {0, 0.02, 0, 4.5}, table.array("v.rows"), CLOSE);
    }
  }

  /** 0/0 is 0, with and without momentum, in a step before any gradient and where a square is too small for a float. */
  @ParameterizedTest
  @ValueSource(strings = {"sm3", "sm3 m=none", "sm3 m=bf16", "adagrad:eps=0 v=sm3", "sm3:eps=1e-8",
    "sm3 m=count-sketch:7"})
  void step_ofZeros_movesNothing(String text) {
    for (long[] shape : List.of(new long[] {6}, new long[] {3, 2}, new long[] {1, 3, 2})) {
      try (Tensor tensor = new Tensor(text, 1, shape).set(1, 2, 3, 4, 5, 6)) {
        tensor.step(0.1f, 0, -0.0, 0, 0, 0, 0);
        assertArrayEquals(new double[] {1, 2, 3, 4, 5, 6}, tensor.values());
        if (text.equals("sm3")) {
          tensor.step(0.1f, 1e-30, -1e-30, 0, 0, 0, 0);
          assertArrayEquals(new double[] {1, 2, 3, 4, 5, 6}, tensor.values());
        }
      }
    }
  }

  /** The first step of variant II has length lr wherever there is a gradient, that of I where all are of one size. */
  @ParameterizedTest
  @ValueSource(strings = {"sm3 m=none", "sm3 m=none,v=sm3:variant=i"})
  void firstStep_isTheLearningRate(String text) {
    double[] g = text.endsWith("=i") ? new double[] {-3, 3, 3, -3} : new double[] {-3, 0.5, 1e-6, 40};
    try (Tensor matrix = new Tensor(text, 1, 2, 2)) {
      matrix.step(0.1f, g);
      assertArrayEquals(Arrays.stream(g).map(x -> -0.1 * Math.signum(x)).toArray(), matrix.values(), CLOSE);
      matrix.set(0, 0, 0, 0);
      for (int t = 2; t <= 5 && text.endsWith("=i"); t++) {
        matrix.step(0.1f, g);
      }
      double rest = 1 / Math.sqrt(2) + 1 / Math.sqrt(3) + 0.5 + 1 / Math.sqrt(5);
      assertEquals(text.endsWith("=i") ? 0.1 * rest : 0, matrix.values()[0], CLOSE);
    }
  }

  /** Without epsilon a gradient of another scale makes the same steps: bit for bit if it is a power of two. */
  @ParameterizedTest
  @ValueSource(strings = {"sm3", "sm3 m=none,v=sm3:variant=i", "sm3 m=bf16"})
  void steps_ofScaledGradients_areTheSame(String text) {
    try (Tensor one = new Tensor(text, 1, 5, 3); Tensor scaled = new Tensor(text, 1, 5, 3)) {
      for (int t = 1; t <= 20; t++) {
        double[] g = new double[15];
        for (int i = 0; i < g.length; i++) {
          g[i] = (float) Gradients.normal(t, i);
        }
        one.step(0.1f, g);
        scaled.step(0.1f, Arrays.stream(g).map(x -> 1024 * x).toArray());
        assertArrayEquals(one.values(), scaled.values());
      }
    }
  }

  /** Without momentum it is Adagrad without epsilon, in every layout of v. */
  @ParameterizedTest
  @ValueSource(strings = {"sm3", "dense", "row-wise"})
  void steps_withoutMomentum_areAdagrads(String layout) {
    try (Tensor adagrad = new Tensor("adagrad:eps=0 v=" + layout, 1, 20, 30);
        Tensor preset = new Tensor("sm3 m=none,v=" + layout, 1, 20, 30);
        Tensor forgetful = new Tensor("sm3:beta1=0 m=dense,v=" + layout, 1, 20, 30)) {
      Gradients gradients = new Gradients(3, 20, 30);
      for (int t = 1; t <= 10; t++) {
        Gradient gradient = t > 5
            ? gradients.sparse(adagrad.arena(), t, 9, Values.NORMAL)
            : gradients.dense(adagrad.arena(), t, Values.NORMAL);
        for (Tensor tensor : List.of(adagrad, preset, forgetful)) {
          tensor.optimizer().step(gradient, 0.1f);
        }
        assertArrayEquals(adagrad.values(), preset.values());
        assertArrayEquals(adagrad.values(), forgetful.values(), CLOSE);
      }
    }
  }

  /** A table whose gradients all leave rows out takes the steps that it would take without m, and m stays empty. */
  @Test
  void steps_ofSparseRowsAlone_areThoseWithoutM() {
    try (Tensor with = new Tensor("sm3", 1, 20, 30); Tensor without = new Tensor("sm3 m=none", 1, 20, 30)) {
      Gradients gradients = new Gradients(4, 20, 30);
      for (int t = 1; t <= 10; t++) {
        Gradient gradient = gradients.sparse(with.arena(), t, 9, Values.NORMAL);
        with.optimizer().step(gradient, 0.1f);
        without.optimizer().step(gradient, 0.1f);
        assertArrayEquals(without.values(), with.values());
      }
      assertArrayEquals(new double[20 * 30], with.array("m.cells"));
    }
  }

  /** Momentum waits while gradients leave rows out, and goes on with the next one that leaves out none. */
  @ParameterizedTest
  @ValueSource(strings = {"sm3", "sm3 m=count-sketch:7:decay=global"})
  void momentum_whereRowsAreLeftOut_waits(String text) {
    try (Tensor table = new Tensor(text, 1, 2, 2)) {
      table.step(0.1f, 1, 2, 3, 4);
      assertArrayEquals(new double[] {-0.01, -0.01, -0.01, -0.01}, table.values(), CLOSE);
      table.stepRows(0.1f, new long[] {0}, 3, 1);
      // Of the row alone the greatest is known, 4, to which 9 and 1 are added.
      double[] before = {-0.01 - 0.3 / Math.sqrt(13), -0.01 - 0.1 / Math.sqrt(5), -0.01, -0.01};
      assertArrayEquals(before, table.values(), CLOSE);
      table.stepRows(0.1f, new long[] {0, 1}, 0, 0, 0, 0);
      assertArrayEquals(Arrays.stream(before).map(x -> x - 0.1 * 0.9 * 0.1).toArray(), table.values(), CLOSE);
    }
  }

  /** Optax has 1e-8 under the root: its first step, and the losses in its documentation. */
  @Test
  void steps_withEpsilon_areOptax() {
    try (Tensor vector = new Tensor("sm3:eps=1e-8", 1, 3)) {
      double[] g = {1e-4, -1e-5, 3};
      vector.step(1, g);
      assertArrayEquals(Arrays.stream(g).map(x -> -0.1 * x / Math.sqrt(x * x + 1e-8)).toArray(), vector.values(),
          CLOSE);
    }
    double[] losses = {14.0, 13.99640, 13.99062, 13.98334, 13.97499, 13.96587};
    try (Tensor vector = new Tensor("sm3:eps=1e-8", 1, 3).set(1, 2, 3)) {
      for (double loss : losses) {
        double[] w = vector.values();
        assertEquals(loss, Arrays.stream(w).map(x -> x * x).sum(), 1e-5);
        vector.step(0.003f, Arrays.stream(w).map(x -> 2 * x).toArray());
      }
    }
  }

  /** Optax' two problems, at its learning rate, steps and tolerance. */
  @ParameterizedTest
  @ValueSource(strings = {"sm3", "sm3:eps=1e-8"})
  void minimize_optaxProblems_reachesTheMinimum(String text) {
    double[] target = {1, -1, 1};
    try (Tensor parabola = new Tensor(text, 1, 3).set(-1, 10, 1); Tensor rosenbrock = new Tensor(text, 1, 2)) {
      for (int t = 0; t < 10_000; t++) {
        double[] w = parabola.values();
        parabola.step(1, 2 * (w[0] - target[0]), 2 * (w[1] - target[1]), 2 * (w[2] - target[2]));
        double[] r = rosenbrock.values();
        double valley = r[1] - r[0] * r[0];
        rosenbrock.step(1, -2 * (1 - r[0]) - 400 * r[0] * valley, 200 * valley);
      }
      assertArrayEquals(target, parabola.values(), 0.06);
      assertArrayEquals(new double[] {1, 1}, rosenbrock.values(), 0.06);
    }
  }
}
