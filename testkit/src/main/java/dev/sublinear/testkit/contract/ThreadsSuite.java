/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.contract;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.Workers;
import dev.sublinear.testkit.Combinations;
import dev.sublinear.testkit.Trial;
import dev.sublinear.testkit.gradients.Gradients;
import dev.sublinear.testkit.gradients.Gradients.Values;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The result of a step does not depend on the number of threads, bit for bit. */
public class ThreadsSuite {
  private static final int[] COLUMNS = {1, 3, 13, 16, 64, 207, 1040};
  private static final int[] ROWS = {1, 40, 133};
  private static final long SEED = 20;
  private static final List<Batch> BATCHES = Arrays.stream(ROWS).boxed()
      .flatMap(rows -> Arrays.stream(COLUMNS).filter(columns -> rows < 100 || columns == 3 || columns == 1040)
          .mapToObj(columns -> Batch.of(rows, columns)))
      .toList();

  /** One test per combination: 1, 2, 3 and 5 threads leave the same parameters and the same state. */
  @TestFactory
  public Stream<DynamicTest> step_anyNumberOfThreads_sameBits() {
    return Combinations.withOptions().stream().map(spec -> dynamicTest(spec.toString(), () -> check(spec)));
  }

  private static void check(OptimizerSpec spec) {
    try (Workers one = new Workers(1);
        Workers two = new Workers(2);
        Workers three = new Workers(3);
        Workers five = new Workers(5)) {
      for (Batch batch : BATCHES) {
        OptimizerSpec fitting = Combinations.colliding(spec, batch.rows);
        try (Trial alone = run(fitting, batch, one)) {
          for (Workers workers : List.of(two, three, five)) {
            try (Trial together = run(fitting, batch, workers)) {
              together.assertSameBits(alone, fitting + ", " + batch.rows + " x " + batch.columns + ", "
                  + workers.count() + " threads, seed " + SEED);
            }
          }
        }
      }
    }
  }

  private static Trial run(OptimizerSpec spec, Batch batch, Workers workers) {
    Trial trial = new Trial(spec, batch.rows, batch.columns, SEED, workers);
    for (Gradient gradient : batch.gradients) {
      trial.optimizer().step(gradient, 0.01f);
    }
    return trial;
  }

  /** The gradients of one table, made once for all combinations. */
  private record Batch(int rows, int columns, List<Gradient> gradients) {
    static Batch of(int rows, int columns) {
      Gradients source = new Gradients(SEED, rows, columns);
      Arena arena = Arena.ofAuto();
      return new Batch(rows, columns, List.of(source.dense(arena, 1, Values.NORMAL),
          source.sparse(arena, 2, rows < 100 ? 9 : 70, Values.SPECIAL),
          source.ofRows(arena, 3, Values.NORMAL, LongStream.range(0, rows).toArray())));
    }
  }
}
