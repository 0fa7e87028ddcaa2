/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sublinear.gradient.SparseRows;
import dev.sublinear.layout.Sharing;
import dev.sublinear.layout.StateArray;
import dev.sublinear.layout.StateLayout;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.Workers;
import dev.sublinear.testkit.Combinations;
import dev.sublinear.testkit.Trial;
import dev.sublinear.testkit.gradients.Gradients;
import dev.sublinear.testkit.gradients.Gradients.Values;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Rows without a gradient stay as they are, whatever decays. */
public class UntouchedRowsSuite {
  private static final int ROWS = 40;
  private static final int COLUMNS = 19;
  private static final long SEED = 22;

  /**
   * One test per combination: parameters of untouched rows keep their bits and those of touched rows move; so does the
   * state of untouched rows where no two rows share a cell.
   */
  @TestFactory
  public Stream<DynamicTest> step_sparseGradient_leavesOtherRowsAlone() {
    return Combinations.withOptions().stream().map(spec -> dynamicTest(spec.toString(), () -> {
      OptimizerSpec fitting = Combinations.colliding(spec, ROWS);
      try (Workers workers = new Workers(1); Trial trial = new Trial(fitting, ROWS, COLUMNS, SEED, workers)) {
        Gradients gradients = new Gradients(SEED, ROWS, COLUMNS);
        trial.optimizer().step(gradients.dense(trial.arena(), 1, Values.NORMAL), 0.01f);
        for (long t = 2; t <= 6; t++) {
          checkStep(trial, gradients.sparse(trial.arena(), t, 8, Values.NORMAL));
        }
      }
    }));
  }

  private static void checkStep(Trial trial, SparseRows gradient) {
    byte[] before = bytes(trial.parameters().data());
    byte[] stateBefore = trial.state();
    trial.optimizer().step(gradient, 0.01f);
    byte[] after = bytes(trial.parameters().data());
    byte[] stateAfter = trial.state();
    String context = trial.optimizer().spec() + ", step " + trial.optimizer().steps() + ", seed " + SEED + ", row ";
    for (int row = 0; row < ROWS; row++) {
      int id = row;
      boolean touched = LongStream.range(0, gradient.count()).anyMatch(i -> gradient.row(i) == id);
      int size = 4 * COLUMNS;
      if (!touched) {
        assertArrayEquals(slice(before, row * size, size), slice(after, row * size, size), context + row);
        checkState(trial, stateBefore, stateAfter, row, context + row);
      } else {
        assertNotEquals(-1, Arrays.mismatch(slice(before, row * size, size), slice(after, row * size, size)),
            context + row + " had a gradient and did not move");
      }
    }
  }

  private static void checkState(Trial trial, byte[] before, byte[] after, int row, String context) {
    int at = 0;
    for (StateArray array : trial.optimizer().arrays()) {
      int size = (int) array.data().byteSize() / ROWS;
      if (rowsAreApart(trial.optimizer().spec(), array)) {
        assertArrayEquals(slice(before, at + row * size, size), slice(after, at + row * size, size),
            context + ", " + array.name());
      }
      at += (int) array.data().byteSize();
    }
  }

  /** Whether the array is one run of cells per row: dense, bf16, row-wise, and the update counters. */
  private static boolean rowsAreApart(OptimizerSpec spec, StateArray array) {
    if (!array.name().contains(".")) {
      return true;
    }
    for (int k = 0; k < spec.layouts().size(); k++) {
      StateLayout layout = spec.layouts().get(k);
      if (array.name().startsWith(spec.rule().slots().get(k).name() + ".")) {
        try (Arena arena = Arena.ofConfined()) {
          Sharing sharing = layout.allocate(arena, 1, ROWS, COLUMNS).sharing();
          return sharing == Sharing.NONE || sharing == Sharing.COLUMNS;
        }
      }
    }
    throw new AssertionError("no slot for array " + array.name());
  }

  private static byte[] slice(byte[] bytes, int from, int size) {
    return Arrays.copyOfRange(bytes, from, from + size);
  }

  private static byte[] bytes(MemorySegment data) {
    return data.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
  }

  /** One test per combination: a step without rows is a step, and moves no parameter. */
  @TestFactory
  public Stream<DynamicTest> step_emptySparseGradient_isLegal() {
    return Combinations.withOptions().stream().map(spec -> dynamicTest(spec.toString(), () -> {
      OptimizerSpec fitting = Combinations.colliding(spec, ROWS);
      try (Workers workers = new Workers(2); Trial trial = new Trial(fitting, ROWS, COLUMNS, SEED, workers)) {
        Gradients gradients = new Gradients(SEED, ROWS, COLUMNS);
        trial.optimizer().step(gradients.dense(trial.arena(), 1, Values.NORMAL), 0.01f);
        byte[] before = bytes(trial.parameters().data());
        for (int t = 2; t <= 6; t++) {
          trial.optimizer().step(gradients.ofRows(trial.arena(), t, Values.NORMAL), 0.01f);
        }
        assertArrayEquals(before, bytes(trial.parameters().data()), fitting.toString());
        assertEquals(6, trial.optimizer().steps());
      }
    }));
  }
}
