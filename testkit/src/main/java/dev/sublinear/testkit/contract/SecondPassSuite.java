/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.RowCells;
import dev.sublinear.kernel.Scratch;
import dev.sublinear.layout.Reduction;
import dev.sublinear.layout.RowState;
import dev.sublinear.layout.Slot;
import dev.sublinear.layout.StateLayout;
import dev.sublinear.testkit.Combinations;
import dev.sublinear.testkit.gradients.Gradients;
import dev.sublinear.testkit.gradients.Gradients.Values;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What a layout says about its estimates between two passes over the rows of a step is so. */
public class SecondPassSuite {
  private static final int ROWS = 20;
  private static final int COLUMNS = 37;
  private static final int STEPS = 3;
  private static final long SEED = 27;
  private static final float DECAY = 0.9f;
  private static final float SCALE = 0.1f;
  private static final long X = Scratch.run(1);
  private static final long OUT = Scratch.run(2);

  /** One test per layout: the end of a step changes its estimates if, and only if, they are not known in the step. */
  @TestFactory
  public Stream<DynamicTest> query_beforeAndAfterTheEndOfAStep_isTheSameIfKnownInStep() {
    return Combinations.withOptions().stream().map(spec -> Combinations.colliding(spec, ROWS))
        .flatMap(spec -> spec.layouts().stream()).distinct()
        .map(layout -> dynamicTest(layout.toString(), () -> check(layout)));
  }

  private static void check(StateLayout layout) {
    boolean isSquared = layout.refusal(new Slot("slot", Slot.Kind.NON_NEGATIVE)) == null;
    try (Arena arena = Arena.ofConfined()) {
      RowState state = layout.allocate(arena, SEED, ROWS, COLUMNS);
      Scratch scratch = new Scratch(arena);
      Gradients gradients = new Gradients(SEED, ROWS, COLUMNS);
      boolean isSame = true;
      for (int t = 1; t <= STEPS; t++) {
        Gradient gradient = gradients.dense(arena, t, Values.NORMAL);
        state.beginStep(t, DECAY, SCALE);
        accumulate(layout, state, gradient, isSquared, scratch);
        MemorySegment within = estimates(arena, state, scratch);
        state.endStep();
        isSame &= within.mismatch(estimates(arena, state, scratch)) == -1;
      }
      assertEquals(layout.isKnownInStep(), isSame, layout + ": isKnownInStep");
    }
  }

  private static void accumulate(StateLayout layout, RowState state, Gradient gradient, boolean isSquared,
      Scratch scratch) {
    MemorySegment w = scratch.memory;
    if (layout.firstSweep() == Reduction.GRADIENT) {
      state.absorb(gradient, isSquared);
    }
    state.enterColumns(0, COLUMNS, Scratch.kept(0), scratch);
    for (int i = 0; i < ROWS; i++) {
      if (layout.firstSweep() == Reduction.ROW_SUM) {
        state.absorb(i, gradient.values(), gradient.offset(i), COLUMNS);
      }
      if (isSquared) {
        KernelSelection.scalar().square(gradient.values(), gradient.offset(i), w, X, COLUMNS);
      } else {
        MemorySegment.copy(gradient.values(), gradient.offset(i), w, X, 4L * COLUMNS);
      }
      state.accumulate(i, 0, COLUMNS, DECAY, SCALE, w, X, w, OUT, located(state, i, scratch), scratch);
    }
    state.leaveColumns(0, COLUMNS, Scratch.kept(0), scratch);
  }

  private static MemorySegment estimates(Arena arena, RowState state, Scratch scratch) {
    MemorySegment estimates = arena.allocate(4L * ROWS * COLUMNS);
    for (int i = 0; i < ROWS; i++) {
      state.query(i, 0, COLUMNS, scratch.memory, OUT, located(state, i, scratch), scratch);
      MemorySegment.copy(scratch.memory, OUT, estimates, 4L * i * COLUMNS, 4L * COLUMNS);
    }
    return estimates;
  }

  private static RowCells located(RowState state, long row, Scratch scratch) {
    RowCells[] at = scratch.located(0, 0);
    scratch.rows[0] = row;
    state.locate(scratch.rows, 1, 0, at);
    return at[0];
  }
}
