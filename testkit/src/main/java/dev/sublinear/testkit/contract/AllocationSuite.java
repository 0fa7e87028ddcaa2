/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.step.GradientNorm;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.Workers;
import dev.sublinear.testkit.AllocationMeter;
import dev.sublinear.testkit.Combinations;
import dev.sublinear.testkit.Trial;
import dev.sublinear.testkit.gradients.Gradients;
import dev.sublinear.testkit.gradients.Gradients.Values;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A step allocates nothing on the Java heap once it is compiled. */
public class AllocationSuite {
  private static final int ROWS = 16;
  private static final int COLUMNS = 37;
  private static final int ROUNDS = 500;
  private static final long SEED = 24;

  /** One test per combination, on one thread, with dense and sparse gradients in turn. */
  @TestFactory
  public Stream<DynamicTest> step_afterWarmUp_allocatesNothing() {
    return Combinations.withOptions().stream()
        .map(spec -> dynamicTest(spec.toString(), () -> check(Combinations.colliding(spec, ROWS), 1)));
  }

  /** Handing parts to other threads allocates nothing on the calling one. */
  @Test
  public void step_onTwoThreads_allocatesNothing() {
    check(OptimizerSpec.parse("adam m=count-sketch:0.5,v=row-wise"), 2);
  }

  private static void check(OptimizerSpec spec, int threads) {
    try (Workers workers = new Workers(threads); Trial trial = new Trial(spec, ROWS, COLUMNS, SEED, workers)) {
      Gradients gradients = new Gradients(SEED, ROWS, COLUMNS);
      Gradient dense = gradients.dense(trial.arena(), 1, Values.NORMAL);
      Gradient sparse = gradients.sparse(trial.arena(), 2, 6, Values.NORMAL);
      long bytes = AllocationMeter.bytesPerRound(() -> {
        trial.optimizer().step(dense, 0.001f);
        trial.optimizer().step(sparse, 0.001f);
      }, ROUNDS);
      assertEquals(0, bytes, spec + ": bytes in " + AllocationMeter.CALLS + " calls of two steps");
    }
  }

  /** Neither does clipping. */
  @Test
  public void clip_afterWarmUp_allocatesNothing() {
    try (Workers workers = new Workers(1);
        Trial trial = new Trial(OptimizerSpec.parse("sgd"), ROWS, COLUMNS, SEED, workers)) {
      Gradients gradients = new Gradients(SEED, ROWS, COLUMNS);
      List<Gradient> both = List.of(gradients.dense(trial.arena(), 1, Values.NORMAL),
          gradients.sparse(trial.arena(), 2, 6, Values.NORMAL));
      assertEquals(0, AllocationMeter.bytesPerRound(() -> GradientNorm.clip(both, 1e-3), ROUNDS));
    }
  }
}
