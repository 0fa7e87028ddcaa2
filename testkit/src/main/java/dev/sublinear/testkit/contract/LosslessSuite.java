/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.Workers;
import dev.sublinear.testkit.Combinations;
import dev.sublinear.testkit.Trial;
import dev.sublinear.testkit.gradients.Gradients;
import dev.sublinear.testkit.gradients.Gradients.Values;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Where a layout says that it is lossless, it follows the dense one.
 *
 * <p>How close: after t steps every parameter is within {@code 4 t} ulp of that of the dense run, where an ulp is that
 * of the larger of the parameter's size and the largest step this parameter has made so far. The one rounding a step of
 * {@code decay S + scale x} against {@code S + ((decay - 1) S + scale x)} is what is allowed for; a collision, a lost
 * decay or a 16-bit cell is thousands of ulp.
 */
public class LosslessSuite {
  private static final List<Shape> SHAPES = List.of(new Shape(101, 1), new Shape(101, 13), new Shape(1, 13));
  private static final int STEPS = 60;
  private static final float LEARNING_RATE = 0.05f;
  private static final long SEED = 23;

  private record Shape(int rows, int columns) {}

  /** One test per combination and shape for which all its layouts are lossless. */
  @TestFactory
  public Stream<DynamicTest> step_losslessLayouts_equalDense() {
    return Combinations.withOptions().stream().map(Combinations::lossless).flatMap(spec -> SHAPES.stream()
        .filter(shape -> isLossless(spec, shape))
        .map(shape -> dynamicTest(spec + " on " + shape.rows + " x " + shape.columns, () -> check(spec, shape))));
  }

  /** The filter above lets through what it should: every layout that can be lossless, for some shape. */
  @Test
  public void losslessCombinations_ofTheDefaults_areNotFilteredAway() {
    List<String> specs =
        Combinations.legal().stream().map(Combinations::lossless).filter(spec -> isLossless(spec, SHAPES.getFirst()))
            .map(OptimizerSpec::toString).toList();
    assertTrue(specs.contains("adam m=count-sketch:7,v=count-min:7"), specs.toString());
    assertTrue(specs.contains("adagrad v=row-wise"), specs.toString());
    assertTrue(specs.contains("adam m=rank-one-svd,v=rank-one"), specs.toString());
    assertTrue(specs.stream().noneMatch(spec -> spec.contains("bf16") || spec.contains("none")), specs.toString());
  }

  private static boolean isLossless(OptimizerSpec spec, Shape shape) {
    return spec.layouts().stream().allMatch(layout -> layout.lossless(shape.rows, shape.columns));
  }

  private static void check(OptimizerSpec spec, Shape shape) {
    // Decay of the whole sketch differs from decay of the touched rows unless all rows are touched.
    boolean denseOnly = spec.toString().contains("decay=global") || spec.toString().contains("rank-one-svd");
    try (Workers workers = new Workers(1);
        Trial trial = new Trial(spec, shape.rows, shape.columns, SEED, workers);
        Trial reference = new Trial(OptimizerSpec.dense(spec.rule()), shape.rows, shape.columns, SEED, workers)) {
      Gradients gradients = new Gradients(SEED, shape.rows, shape.columns);
      float[] expected = reference.values();
      float[] largest = new float[expected.length];
      for (int t = 1; t <= STEPS; t++) {
        Gradient gradient = denseOnly || t % 4 == 0
            ? gradients.dense(trial.arena(), t, Values.NORMAL)
            : gradients.sparse(trial.arena(), t, 30, Values.NORMAL);
        trial.optimizer().step(gradient, LEARNING_RATE);
        reference.optimizer().step(gradient, LEARNING_RATE);
        float[] before = expected;
        expected = reference.values();
        float[] actual = trial.values();
        for (int i = 0; i < expected.length; i++) {
          largest[i] = Math.max(largest[i], Math.abs(expected[i] - before[i]));
          float ulp = Math.ulp(Math.max(Math.abs(expected[i]), largest[i]));
          assertEquals(expected[i], actual[i], 4 * t * ulp,
              spec + ": row " + i / shape.columns + ", column " + i % shape.columns + ", step " + t + ", seed " + SEED);
        }
      }
    }
  }
}
