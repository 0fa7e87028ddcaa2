/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.layout.Dense;
import dev.sublinear.layout.Layouts;
import dev.sublinear.layout.Slot;
import dev.sublinear.layout.StateLayout;
import dev.sublinear.rule.Rules;
import dev.sublinear.rule.UpdateRule;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Every rule and layout has its row in {@code docs/rules-and-layouts.md}, with a number that this test computes again.
 */
class DocumentationTest {
  private static final Path PAGE = Path.of("..", "docs", "rules-and-layouts.md");
  private static final int ROWS = 64;
  private static final int COLUMNS = 4;

  /** w after ten steps on (w - 3)^2 / 2 from 0. */
  private static String tenSteps(OptimizerSpec spec) {
    try (Arena arena = Arena.ofShared(); Workers workers = new Workers(1)) {
      RowTable table = RowTable.allocate(arena, ROWS, COLUMNS);
      RowTable gradient = RowTable.allocate(arena, ROWS, COLUMNS);
      RowOptimizer optimizer = new RowOptimizer(spec, table, 1, arena, workers);
      for (int t = 0; t < 10; t++) {
        for (int row = 0; row < ROWS; row++) {
          for (int column = 0; column < COLUMNS; column++) {
            gradient.set(row, column, table.get(row, column) - 3);
          }
        }
        optimizer.step(new DenseRows(gradient.data(), ROWS, COLUMNS), spec.rule().defaultLearningRate());
      }
      return String.format(Locale.ROOT, "%.5f", table.get(0, 0));
    }
  }

  private static String lastCell(String section, String name) throws IOException {
    List<String> rows = Files.readAllLines(PAGE).stream().dropWhile(line -> !line.equals("## " + section)).skip(1)
        .takeWhile(line -> !line.startsWith("## ")).filter(line -> line.matches("\\| `" + name + "[`:].*")).toList();
    assertEquals(1, rows.size(), PAGE + ", " + section + " has " + rows.size() + " table rows for " + name);
    String[] cells = rows.getFirst().split("(?<!\\\\)\\|");
    return cells[cells.length - 1].strip();
  }

  @Test
  void rules_everyOne_isDocumentedWithItsTenSteps() throws IOException {
    for (UpdateRule rule : Rules.all()) {
      assertEquals(tenSteps(OptimizerSpec.defaults(rule)), lastCell("Rules", rule.name()), rule.name());
    }
  }

  @Test
  void layouts_everyOne_isDocumentedWithItsTenSteps() throws IOException {
    UpdateRule adam = Rules.parse("adam");
    for (StateLayout layout : Layouts.all()) {
      List<StateLayout> layouts = adam.slots().stream().map(slot -> fitting(layout, slot)).toList();
      assertEquals(tenSteps(new OptimizerSpec(adam, layouts)), lastCell("Layouts", layout.name()), layout.name());
    }
  }

  private static StateLayout fitting(StateLayout layout, Slot slot) {
    return layout.refusal(slot) == null ? layout : new Dense();
  }
}
