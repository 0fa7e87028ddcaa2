/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.train.report.TextTable.Column;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
  @Test
  void render_twoColumns_alignedWithoutTrailingBlanks() {
    String text =
        new TextTable(List.of(Column.left("optimizer"), Column.right("ppl"), Column.left("note")))
            .row(List.of("adam", "1,048.4", ""))
            .row(List.of("sm3 é–", "9", "x"))
            .render();
    assertEquals(
        """
            optimizer      ppl  note
            ---------  -------  ----
            adam       1,048.4
            sm3 é–           9  x
            """,
        text);
  }

  @Test
  void render_emptyTitles_noHeader() {
    assertEquals("a  1\n", new TextTable(List.of(Column.left(""), Column.right(""))).row(List.of("a", "1")).render());
  }

  @Test
  void row_wrongCellCount_refused() {
    TextTable table = new TextTable(List.of(Column.left("a")));
    assertThrows(IllegalArgumentException.class, () -> table.row(List.of("1", "2")));
  }

  @Test
  void comparison_twoRuns_figuresAndBaseline() {
    ReportRun run = new ReportRun("adam", SampleRuns.completed("c"), List.of());
    ReportRun stopped = new ReportRun("sm3", SampleRuns.diverged(), List.of());
    String[] lines = TerminalReport.comparison(List.of(run, stopped)).split("\n");
    assertEquals(5, lines.length);
    assertTrue(lines[2].startsWith("adam"), lines[2]);
    assertTrue(lines[2].contains("148.41"), lines[2]);
    assertTrue(lines[2].contains("79.2 %"), lines[2]);
    assertTrue(lines[3].contains("–"), lines[3]);
    assertTrue(lines[4].contains("812.30"), lines[4]);
  }

  @Test
  void summary_run_oneLinePerFigure() {
    String text = TerminalReport.summary(new ReportRun("adam", SampleRuns.completed("c"), List.of()));
    assertTrue(text.contains("validation ppl   148.41  word counts alone: 812.30\n"), text);
    assertTrue(text.contains("tokens/s         15,203\n"), text);
  }
}
