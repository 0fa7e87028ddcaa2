/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.layout.StateArray;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.Probe;
import dev.sublinear.step.Workers;
import dev.sublinear.testkit.Combinations;
import dev.sublinear.testkit.Trial;
import dev.sublinear.testkit.gradients.Gradients;
import dev.sublinear.testkit.gradients.Gradients.Values;
import java.lang.foreign.ValueLayout;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A probe changes nothing, and finds no error where there is none. */
public class ProbeSuite {
  private static final int ROWS = 40;
  private static final int COLUMNS = 53;
  private static final int LONG_ROW = 1040; // more than Scratch.BLOCK
  private static final int STEPS = 8;
  private static final long SEED = 26;
  /** Bits that an update by nothing would change: -0, infinities, a NaN, a denormal; both halves are bfloat16 such. */
  private static final int[] FRAGILE = {0x8000_8000, 0x7F80_7F80, 0xFF80_FF80, 0x7FC1_7FC1, 0x8001_8001, 0x3F80_8000};

  /** One test per combination: parameters and state of a run that is measured at every step, on one and two threads. */
  @TestFactory
  public Stream<DynamicTest> measure_everyStep_changesNoBit() {
    return Combinations.withOptions().stream().map(spec -> dynamicTest(spec.toString(), () -> {
      OptimizerSpec fitting = Combinations.colliding(spec, ROWS);
      try (Workers one = new Workers(1); Workers two = new Workers(2)) {
        for (int columns : new int[] {COLUMNS, LONG_ROW}) {
          try (Trial alone = run(fitting, columns, 0, one);
              Trial probed = run(fitting, columns, 7, one);
              Trial onTwo = run(fitting, columns, ROWS, two)) {
            probed.assertSameBits(alone, fitting + ", " + columns + " columns, one thread, seed " + SEED);
            onTwo.assertSameBits(alone, fitting + ", " + columns + " columns, two threads, seed " + SEED);
            assertEquals(alone.optimizer().bytes(), probed.optimizer().bytes(), "a probe is no optimizer state");
          }
        }
      }
    }));
  }

  private static Trial run(OptimizerSpec spec, int columns, int rows, Workers workers) {
    Trial trial = new Trial(spec, ROWS, columns, SEED, workers);
    Probe probe = rows == 0 ? null : new Probe(trial.optimizer(), rows, SEED, trial.arena(), workers);
    Gradients gradients = new Gradients(SEED, ROWS, columns);
    for (int t = 1; t <= STEPS; t++) {
      Gradient gradient = t % 4 == 0
          ? gradients.dense(trial.arena(), t, Values.NORMAL)
          : gradients.sparse(trial.arena(), t, 12, Values.SPECIAL);
      trial.optimizer().step(gradient, 0.01f);
      if (probe != null) {
        probe.follow(gradient);
        probe.measure();
      }
    }
    return trial;
  }

  /** One test per combination: a look at cells of any content leaves them as they are. */
  @TestFactory
  public Stream<DynamicTest> measure_fragileState_changesNoBit() {
    return Combinations.withOptions().stream().map(spec -> dynamicTest(spec.toString(), () -> {
      OptimizerSpec fitting = Combinations.colliding(spec, ROWS);
      try (Workers workers = new Workers(1); Trial trial = new Trial(fitting, ROWS, COLUMNS, SEED, workers)) {
        Probe probe = new Probe(trial.optimizer(), ROWS, SEED, trial.arena(), workers);
        for (StateArray array : trial.optimizer().arrays()) {
          for (long i = 0; i < array.data().byteSize() / Integer.BYTES; i++) {
            array.data().set(ValueLayout.JAVA_INT, 4 * i, FRAGILE[(int) (i % FRAGILE.length)]);
          }
        }
        byte[] before = trial.state();
        probe.measure();
        assertArrayEquals(before, trial.state(), fitting.toString());
      }
    }));
  }

  /** One test per combination: the exact layouts of all slots deviate from themselves by nothing at all. */
  @TestFactory
  public Stream<DynamicTest> measure_exactLayouts_isZero() {
    return Combinations.withOptions().stream().map(OptimizerSpec::exact).distinct()
        .map(spec -> dynamicTest(spec.toString(), () -> {
          try (Workers workers = new Workers(1); Trial trial = new Trial(spec, ROWS, COLUMNS, SEED, workers)) {
            Probe probe = new Probe(trial.optimizer(), 9, SEED, trial.arena(), workers);
            Gradients gradients = new Gradients(SEED, ROWS, COLUMNS);
            for (int t = 1; t <= STEPS; t++) {
              Gradient gradient = gradients.sparse(trial.arena(), t, 12, Values.NORMAL);
              probe.follow(gradient);
              trial.optimizer().step(gradient, 0.01f);
              for (Probe.Deviation deviation : probe.measure()) {
                assertEquals(new Probe.Deviation(deviation.slot(), 0, 0), deviation, "step " + t + ", seed " + SEED);
              }
            }
          }
        }));
  }
}
