/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.SparseRows;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.Workers;
import dev.sublinear.testkit.gradients.Gradients;
import dev.sublinear.testkit.gradients.Gradients.Values;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is particular to {@code adafactor}: its rate, the size of its steps, and what it costs. */
final class AdafactorTest {
  private static final int ROWS = 70;
  private static final int COLUMNS = 1100; // more than Scratch.BLOCK
  private static final long SEED = 51;

  private static double rms(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum / values.length);
  }

  private static float[] difference(float[] a, float[] b) {
    float[] difference = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      difference[i] = a[i] - b[i];
    }
    return difference;
  }

  /** With a clip far below RMS(u) the RMS of a step is the clip times the rate, whatever the gradient. */
  @ParameterizedTest
  @CsvSource({"false,0.02", "true,0.02"})
  void step_clipped_hasTheRootMeanSquareOfTheClip(boolean scale, float rate) {
    try (Workers workers = new Workers(2);
        Trial trial = new Trial(OptimizerSpec.parse("adafactor:relative=false:clip=0.01:scale=" + scale), ROWS, COLUMNS,
            SEED, workers)) {
      Gradients gradients = new Gradients(SEED, ROWS, COLUMNS);
      for (int t = 1; t <= 5; t++) {
        float[] before = trial.values();
        trial.optimizer().step(gradients.dense(trial.arena(), t, Values.NORMAL), rate);
        double expected = 0.01 * rate * (scale ? rms(before) : 1);
        assertEquals(expected, rms(difference(trial.values(), before)), 1e-3 * expected, "step " + t);
      }
    }
  }

  /** The rate of its own is min(lr, 1 / sqrt(t)), the paper's at the default rate. */
  @Test
  void step_relative_isThatOfTheSmallerRate() {
    try (Workers workers = new Workers(1);
        Trial relative = new Trial(OptimizerSpec.parse("adafactor"), ROWS, 3, SEED, workers);
        Trial absolute = new Trial(OptimizerSpec.parse("adafactor:relative=false"), ROWS, 3, SEED, workers)) {
      Gradients gradients = new Gradients(SEED, ROWS, 3);
      for (int t = 1; t <= 9; t++) {
        relative.optimizer().step(gradients.dense(relative.arena(), t, Values.NORMAL), 0.5f);
        absolute.optimizer().step(gradients.dense(absolute.arena(), t, Values.NORMAL),
            (float) Math.min(0.5, 1 / Math.sqrt(t)));
      }
      assertArrayEquals(absolute.values(), relative.values(), 1e-5f);
      assertEquals(0.01f, OptimizerSpec.parse("adafactor").rule().defaultLearningRate());
    }
  }

  /** The first step has decay 0, so that its update has RMS 1 whatever the gradient of a vector. */
  @Test
  void step_firstOfAVector_movesEveryElementByTheRate() {
    try (Workers workers = new Workers(1);
        Trial trial = new Trial(OptimizerSpec.parse("adafactor:scale=false"), ROWS, 1, SEED, workers)) {
      float[] before = trial.values();
      trial.optimizer().step(new Gradients(SEED, ROWS, 1).dense(trial.arena(), 1, Values.NORMAL), 0.01f);
      for (float moved : difference(trial.values(), before)) {
        assertEquals(0.01, Math.abs(moved), 1e-6);
      }
    }
  }

  /** A gradient of zeros at the first steps leaves parameters alone: 0/0 is 0. */
  @Test
  void step_zeroGradient_isNoOp() {
    try (Workers workers = new Workers(1);
        Trial trial = new Trial(OptimizerSpec.parse("adafactor"), 4, 3, SEED, workers)) {
      float[] before = trial.values();
      for (int t = 0; t < 3; t++) {
        trial.optimizer().step(new DenseRows(trial.arena().allocate(4L * 12, 64), 4, 3), 1);
      }
      assertArrayEquals(before, trial.values());
    }
  }

  private static DenseRows rows(Trial trial, float... values) {
    MemorySegment memory = trial.arena().allocate(4L * values.length, 64).copyFrom(MemorySegment.ofArray(values));
    return new DenseRows(memory, 2, 2);
  }

  /** A NaN in one element is one in RMS(u), hence in every row of the gradient, and in no other. */
  @Test
  void step_nanInOneElement_isInEveryRowOfTheGradient() {
    try (Workers workers = new Workers(1);
        Trial trial = new Trial(OptimizerSpec.parse("adafactor"), 4, 2, SEED, workers)) {
      float[] before = trial.values();
      DenseRows values = rows(trial, 1, Float.NaN, 1, 1);
      trial.optimizer().step(new SparseRows(new long[] {0, 2}, 2, values.values(), 2), 1);
      float[] after = trial.values();
      for (int i = 0; i < 8; i++) {
        assertEquals(i / 2 % 2 == 0 ? Float.NaN : before[i], after[i]);
      }
    }
  }

  /** The first gradient leaves the second column a share of 0, so that its u is 3e19. */
  @ParameterizedTest
  @CsvSource({"adafactor,false", "adafactor:clip=Infinity,true"})
  void step_squaresOfUBeyondFloat_moveNothingOrAllToNan(String text, boolean isNan) {
    try (Workers workers = new Workers(1); Trial trial = new Trial(OptimizerSpec.parse(text), 2, 2, SEED, workers)) {
      float[] before = trial.values();
      trial.optimizer().step(rows(trial, 1e28f, 0, 0, 3e4f), 1);
      for (int i = 0; i < 4; i++) {
        assertEquals(isNan ? Float.NaN : before[i], trial.values()[i]);
      }
    }
  }

  /** The preset is the factored moment without a first one: 4 rows + 8 columns bytes. */
  @Test
  void defaults_ofAMatrix_areFactored() {
    OptimizerSpec spec = OptimizerSpec.parse("adafactor");
    assertEquals("adafactor m=none,v=rank-one", spec.toString());
    assertEquals(4L * 4096 + 8 * 1024, spec.bytes(4096, 1024));
    assertTrue(spec.bytes(4096, 1024) < OptimizerSpec.parse("adam").bytes(4096, 1024) / 1000);
  }
}
