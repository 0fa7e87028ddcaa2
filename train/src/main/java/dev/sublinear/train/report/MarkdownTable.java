/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A table that reads as well on a terminal as in Markdown: the first column holds words and keeps left, the others hold
 * figures and keep right. Not thread-safe.
 */
public final class MarkdownTable {
  private final List<List<String>> lines = new ArrayList<>();

  /** An empty table with these headers. */
  public MarkdownTable(String... headers) {
    lines.add(List.of(headers));
  }

  /**
   * Adds a row.
   *
   * @param cells one per column
   * @return this table
   * @throws IllegalArgumentException if there are more or fewer cells than columns
   */
  public MarkdownTable row(String... cells) {
    if (cells.length != lines.getFirst().size()) {
      throw new IllegalArgumentException(cells.length + " cells: must be " + lines.getFirst().size());
    }
    lines.add(List.of(cells));
    return this;
  }

  /** The table's text; every line ends in {@code \n}. */
  public String render() {
    List<Integer> widths = new ArrayList<>(Collections.nCopies(lines.getFirst().size(), 3));
    for (List<String> line : lines) {
      for (int c = 0; c < line.size(); c++) {
        widths.set(c, Math.max(widths.get(c), line.get(c).length()));
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      for (int c = 0; c < widths.size(); c++) {
        String cell = lines.get(i).get(c);
        String blanks = " ".repeat(widths.get(c) - cell.length());
        text.append("| ").append(c == 0 ? cell + blanks : blanks + cell).append(' ');
      }
      text.append("|\n");
      if (i == 0) {
        text.append("|").append("-".repeat(widths.getFirst() + 2)).append('|');
        widths.stream().skip(1).forEach(width -> text.append("-".repeat(width + 1)).append(":|"));
        text.append('\n');
      }
    }
    return text.toString();
  }
}
