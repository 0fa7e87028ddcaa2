/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.Workers;
import dev.sublinear.testkit.gradients.Gradients;
import dev.sublinear.testkit.gradients.Gradients.Values;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bits that every combination of rules and layouts arrives at with the kernels of this JVM, for comparison with
 * those of a JVM with other kernels.
 */
public final class Bits {
  private static final int ROWS = 40;
  private static final int COLUMNS = 53;
  private static final int STEPS = 12;
  private static final long SEED = 77;

  private Bits() {}

  /** A number over the final parameters and state of every combination, by its optimizer string. */
  public static Map<String, Integer> all() {
    Map<String, Integer> bits = new TreeMap<>();
    try (Workers workers = new Workers(1)) {
      for (OptimizerSpec spec : Combinations.withOptions()) {
        OptimizerSpec colliding = Combinations.colliding(spec, ROWS);
        try (Trial trial = new Trial(colliding, ROWS, COLUMNS, SEED, workers)) {
          Gradients gradients = new Gradients(SEED, ROWS, COLUMNS);
          for (int t = 1; t <= STEPS; t++) {
            Gradient gradient = t % 4 == 0
                ? gradients.dense(trial.arena(), t, Values.NORMAL)
                : gradients.sparse(trial.arena(), t, 15, Values.NORMAL);
            trial.optimizer().step(gradient, 0.01f);
          }
          byte[] parameters = trial.parameters().data().toArray(ValueLayout.JAVA_BYTE);
          bits.put(colliding.toString(), 31 * Arrays.hashCode(parameters) + Arrays.hashCode(trial.state()));
        }
      }
    }
    return bits;
  }

  /** Prints {@link #all}, a line each. */
  public static void main(String[] args) {
    all().forEach((spec, number) -> System.out.println(spec + " -> " + number));
  }
}
