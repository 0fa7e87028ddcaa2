/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import dev.sublinear.train.report.TextTable.Column;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tables a run and a comparison end with on the terminal. */
public final class TerminalReport {
  private TerminalReport() {}

  /** The figures of one run, one per line, each text ending in {@code \n}. */
  public static String summary(ReportRun run) {
    Summary summary = run.summary();
    TextTable table = new TextTable(List.of(Column.left(""), Column.right(""), Column.left("")));
    for (Figure figure : Figure.all(summary)) {
      table.row(List.of(figure.title(), figure.text(summary), remark(figure, summary.task().corpus())));
    }
    return table.render();
  }

  /** One line per run, one column per figure, and the unigram baseline below them where the task has one. */
  public static String comparison(List<ReportRun> runs) {
    List<Figure> figures = runs.isEmpty() ? List.of() : Figure.all(runs.getFirst().summary());
    List<Column> columns = new ArrayList<>(List.of(Column.left("run")));
    figures.forEach(figure -> columns.add(Column.right(figure.title())));
    TextTable table = new TextTable(columns);
    for (ReportRun run : runs) {
      List<String> cells = new ArrayList<>(List.of(run.label()));
      figures.forEach(figure -> cells.add(figure.text(run.summary())));
      table.row(cells);
    }
    Summary.Corpus corpus = runs.isEmpty() ? null : runs.getFirst().summary().task().corpus();
    if (corpus != null) {
      List<String> cells = new ArrayList<>(List.of("(word counts alone)"));
      figures.forEach(figure -> cells.add(unigram(figure, corpus)));
      table.row(cells);
    }
    return table.render();
  }

  private static String remark(Figure figure, Summary.@Nullable Corpus corpus) {
    String baseline = corpus == null ? "" : unigram(figure, corpus);
    return baseline.isEmpty() ? "" : "word counts alone: " + baseline;
  }

  /** The baseline's value of a figure; empty for figures it does not have. */
  static String unigram(Figure figure, Summary.Corpus corpus) {
    if (figure.equals(Figure.VALIDATION)) {
      return Numbers.perplexity(corpus.unigramPerplexity().validation());
    }
    return figure.equals(Figure.TEST) ? Numbers.perplexity(corpus.unigramPerplexity().test()) : "";
  }
}
