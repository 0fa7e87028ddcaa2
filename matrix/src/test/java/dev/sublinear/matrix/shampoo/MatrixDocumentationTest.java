/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.rule.MatrixRule;
import dev.sublinear.rule.MatrixRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Every rule of whole tensors has its row in {@code docs/rules-and-layouts.md}, its options and a number computed
 * again.
 */
final class MatrixDocumentationTest {
  private static final Path PAGE = Path.of("..", "docs", "rules-and-layouts.md");
  private static final int ROWS = 64;
  private static final int COLUMNS = 4;

  /** w after ten steps on (w - 3)^2 / 2 from 0. */
  private static String tenSteps(MatrixRule rule) {
    try (Run run = new Run(rule.toString(), ROWS, COLUMNS)) {
      for (int t = 0; t < 10; t++) {
        double[] gradient = run.parameters();
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] -= 3;
        }
        run.step(gradient, rule.defaultLearningRate());
      }
      return String.format(Locale.ROOT, "%.5f", run.parameters()[0]);
    }
  }

  @Test
  void rules_everyOne_isDocumentedWithItsOptionsAndItsTenSteps() throws IOException {
    assertEquals(List.of("shampoo", "s-shampoo"), MatrixRules.names());
    List<String> section =
        Files.readAllLines(PAGE).stream().dropWhile(line -> !line.equals("## Rules of whole tensors"))
            .skip(1).takeWhile(line -> !line.startsWith("## ")).toList();
    for (MatrixRule rule : MatrixRules.all()) {
      List<String> rows = section.stream().filter(line -> line.startsWith("| `" + rule.name() + "`")).toList();
      assertEquals(1, rows.size(), rule.name());
      String[] cells = rows.getFirst().split("\\|");
      assertEquals(tenSteps(rule), cells[cells.length - 1].strip(), rule.name());
      for (String option : rule.options().split(" ")) {
        String[] parts = option.split("=");
        String listed = "`" + parts[0] + "` (" + parts[1] + ")";
        assertTrue(rows.getFirst().contains(listed), rule.name() + " lists no " + listed);
      }
    }
  }
}
