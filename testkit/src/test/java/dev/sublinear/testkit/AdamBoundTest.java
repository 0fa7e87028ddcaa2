/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.Gradient;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.Workers;
import dev.sublinear.testkit.gradients.Gradients;
import dev.sublinear.testkit.gradients.Gradients.Values;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bound of Adam's step takes nothing off exact moments. */
final class AdamBoundTest {
  private static final int ROWS = 20;
  private static final int COLUMNS = 9;
  private static final long SEED = 41;

  @ParameterizedTest
  @ValueSource(strings = {"", ":correction=row", ":beta1=0.5:beta2=0.9", ":beta1=0", ":beta1=0.99:beta2=0.9"})
  void step_denseMoments_sameBitsWithAndWithoutBound(String options) {
    for (Values values : Values.values()) {
      try (Workers workers = new Workers(1);
          Trial bounded = new Trial(OptimizerSpec.parse("adam" + options), ROWS, COLUMNS, SEED, workers);
          Trial free = new Trial(OptimizerSpec.parse("adam:bounded=false" + options), ROWS, COLUMNS, SEED, workers)) {
        Gradients gradients = new Gradients(SEED, ROWS, COLUMNS);
        for (int t = 1; t <= 80; t++) {
          Gradient gradient = t % 3 == 0
              ? gradients.dense(free.arena(), t, values)
              : gradients.sparse(free.arena(), t, 7, values);
          bounded.optimizer().step(gradient, 0.01f);
          free.optimizer().step(gradient, 0.01f);
          bounded.assertSameBits(free, "step " + t + ", " + values + ", seed " + SEED);
        }
      }
    }
  }

  /** The gradients for which Cauchy-Schwarz is an equality, g = (beta2 / beta1)^t: the ratio comes within 1 % of it. */
  @ParameterizedTest
  @ValueSource(strings = {"beta1=0.9:beta2=0.999", "beta1=0.5:beta2=0.9"})
  void step_worstGradients_sameBitsWithAndWithoutBound(String betas) {
    double beta1 = betas.contains("0.999") ? 0.9 : 0.5;
    double beta2 = betas.contains("0.999") ? 0.999 : 0.9;
    double limit = (1 - beta1) / Math.sqrt((1 - beta2) * (1 - beta1 * beta1 / beta2));
    try (Workers workers = new Workers(1);
        Trial bounded = new Trial(OptimizerSpec.parse("adam:" + betas), 1, 1, SEED, workers);
        Trial free = new Trial(OptimizerSpec.parse("adam:bounded=false:" + betas), 1, 1, SEED, workers)) {
      for (int t = 1; t <= 60; t++) {
        MemorySegment value = free.arena().allocateFrom(ValueLayout.JAVA_FLOAT, (float) Math.pow(beta2 / beta1, t));
        Gradient gradient = new DenseRows(value, 1, 1);
        bounded.optimizer().step(gradient, 0.01f);
        free.optimizer().step(gradient, 0.01f);
        bounded.assertSameBits(free, betas + ", step " + t);
      }
      float m = free.optimizer().arrays().get(0).data().get(ValueLayout.JAVA_FLOAT, 0);
      float v = free.optimizer().arrays().get(1).data().get(ValueLayout.JAVA_FLOAT, 0);
      assertEquals("m.cells", free.optimizer().arrays().get(0).name());
      assertTrue(m / Math.sqrt(v) > 0.99 * limit, m / Math.sqrt(v) + " of " + limit);
    }
  }
}
