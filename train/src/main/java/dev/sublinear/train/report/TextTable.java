/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A small table for the terminal: columns two spaces apart, a rule under the header, no trailing blanks.
 *
 * <pre>
 * optimizer  validation
 * ---------  ----------
 * adam            148.4
 * </pre>
 *
 * <p>Not thread-safe.
 */
public final class TextTable {
  /** Which edge of a column its cells keep to. */
  public enum Align {
    /** Words. */
    LEFT,
    /** Numbers. */
    RIGHT
  }

  /**
   * One column.
   *
   * @param title its header
   * @param align where its cells and header stand
   */
  public record Column(String title, Align align) {
    /** A column of words. */
    public static Column left(String title) {
      return new Column(title, Align.LEFT);
    }

    /** A column of numbers. */
    public static Column right(String title) {
      return new Column(title, Align.RIGHT);
    }
  }

  private final List<Column> columns;
  private final List<List<String>> rows = new ArrayList<>();

  /** An empty table with these columns. */
  public TextTable(List<Column> columns) {
    this.columns = List.copyOf(columns);
  }

  /**
   * Adds a row.
   *
   * @param cells one per column
   * @return this table
   * @throws IllegalArgumentException if there are more or fewer cells than columns
   */
  public TextTable row(List<String> cells) {
    if (cells.size() != columns.size()) {
      throw new IllegalArgumentException(cells.size() + " cells: must be " + columns.size() + ", one per column");
    }
    rows.add(List.copyOf(cells));
    return this;
  }

  /** The table's text; without a header and its rule if all titles are empty. Every line ends in {@code \n}. */
  public String render() {
    List<List<String>> lines = new ArrayList<>();
    if (columns.stream().anyMatch(column -> !column.title().isEmpty())) {
      lines.add(columns.stream().map(Column::title).toList());
      lines.add(widths().stream().map("-"::repeat).toList());
    }
    lines.addAll(rows);
    StringBuilder text = new StringBuilder();
    List<Integer> widths = widths();
    for (List<String> line : lines) {
      StringBuilder out = new StringBuilder();
      for (int c = 0; c < line.size(); c++) {
        String cell = line.get(c);
        String blanks = " ".repeat(widths.get(c) - width(cell));
        out.append(c == 0 ? "" : "  ");
        out.append(columns.get(c).align() == Align.LEFT ? cell + blanks : blanks + cell);
      }
      text.append(out.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private List<Integer> widths() {
    List<Integer> widths = new ArrayList<>();
    for (int c = 0; c < columns.size(); c++) {
      int widest = width(columns.get(c).title());
      for (List<String> row : rows) {
        widest = Math.max(widest, width(row.get(c)));
      }
      widths.add(widest);
    }
    return widths;
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
