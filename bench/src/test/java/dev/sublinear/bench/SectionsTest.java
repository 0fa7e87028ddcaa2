/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sublinear.bench.PythonTorch.Found;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.Workers;
import dev.sublinear.testkit.Combinations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every section once, at toy size: its checks, and that it reports. Nothing here is about speed. */
final class SectionsTest {
  private static final Found NO_PYTHON = new Found(null, "none");

  private static Findings run(Section section) throws IOException {
    Findings findings = new Findings(section.title());
    section.run(findings);
    assertTrue(findings.markdown().contains("|--"), findings.markdown());
    return findings;
  }

  @Test
  void everything_reportsEveryGoal() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<String> progress = new ArrayList<>();
    Report report;
    try (PrintStream stream = new PrintStream(out, false, StandardCharsets.UTF_8)) {
      report = Bench.run(Scale.TOY, stream, progress::add);
    }
    String text = out.toString(StandardCharsets.UTF_8);
    assertEquals(report.sections().size(), progress.size());
    for (Goal goal : report.goals()) {
      assertTrue(text.contains("| " + goal.name() + " "), text);
      assertTrue(goal.measured() != null || goal.note() != null, goal.toString());
    }
    for (OptimizerSpec spec : Combinations.legal()) {
      boolean isDense = spec.equals(OptimizerSpec.dense(spec.rule())) && !spec.layouts().isEmpty();
      assertTrue(isDense || text.contains("| " + spec + " "), () -> spec + " is not in the report");
    }
  }

  @Test
  void sparseSteps_withoutTorch_leaveItsGoalsUnmeasured() throws IOException {
    try (Memory memory = new Memory()) {
      List<Goal> goals = run(new SparseStep(Scale.TOY, memory, NO_PYTHON)).goals();
      assertEquals(2, goals.size());
      goals.forEach(goal -> assertTrue(goal.measured() == null && goal.note() != null, goal.toString()));
    }
  }

  @Test
  void sparseSteps_withTorch_computeTheSame() throws IOException {
    Found python = PythonTorch.find();
    assumeTrue(python.command() != null, "Python torch: " + python.description());
    try (Memory memory = new Memory()) {
      run(new SparseStep(Scale.TOY, memory, python)).goals()
          .forEach(goal -> assertTrue(goal.measured() != null, goal.toString()));
    }
  }

  @Test
  void stepCheck_seesAStepThatDoesNothing() {
    Batches batches = new Batches(100, 16, 10, 1);
    try (Arena arena = Arena.ofShared(); Workers workers = new Workers(1)) {
      RowTable table = RowTable.allocate(arena, 100, 16);
      RowOptimizer optimizer = new RowOptimizer(OptimizerSpec.parse("sgd"), table, 1, arena, workers);
      StepCheck.run(optimizer, batches.gradient(0));
      batches.values().fill((byte) 0);
      assertThrows(CheckFailed.class, () -> StepCheck.run(optimizer, batches.gradient(0)));
    }
  }

  @Test
  void batches_areDistinctAscendingAndFavourLowRows() {
    Batches batches = new Batches(10_000, 16, 500, 4);
    for (int b = 0; b < batches.size(); b++) {
      long[] ids = batches.ids(b);
      assertEquals(500, ids.length);
      assertEquals(0, ids[0]);
      assertTrue(ids[250] < 5000 && ids[499] < 10_000, "half of the rows below " + ids[250]);
      for (int i = 1; i < ids.length; i++) {
        assertTrue(ids[i] > ids[i - 1]);
      }
    }
  }

  @Test
  void memory_isZeroAgainAfterReserve() {
    try (Memory memory = new Memory()) {
      memory.reserve(1000);
      memory.allocate(100, 64).fill((byte) 1);
      memory.reserve(900);
      assertEquals(-1, memory.allocate(900, 64).mismatch(MemorySegment.ofArray(new byte[900])));
      assertThrows(IndexOutOfBoundsException.class, () -> memory.allocate(200, 64));
    }
  }
}
