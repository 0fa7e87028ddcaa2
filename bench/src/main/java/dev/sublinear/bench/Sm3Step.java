/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.Workers;
import dev.sublinear.train.report.MarkdownTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A step of SM3 on matrices, against dense Adagrad: 12 bytes an element for 20.
 *
 * <p>One matrix is larger than the caches, one is not: there the bytes cost nothing, and the row and column maxima
 * count.
 */
final class Sm3Step implements Section {
  private static final String ADAGRAD = "adagrad";
  private static final String SM3 = "adagrad v=sm3";
  private static final List<String> SPECS =
      List.of(ADAGRAD, SM3, "sm3 m=none", "sm3", "sm3 m=bf16", "adagrad v=sm3:variant=i");

  private final Scale scale;
  private final Memory memory;

  Sm3Step(Scale scale, Memory memory) {
    this.scale = scale;
    this.memory = memory;
  }

  @Override
  public String title() {
    return "SM3 step on a matrix";
  }

  @Override
  public void run(Findings findings) throws IOException {
    for (int threads : Bench.threadCounts()) {
      try (Workers workers = new Workers(threads)) {
        compare(findings, "large", scale.choose(20, 8192, 16_384), scale.choose(20, 1024, 1024), workers);
        compare(findings, "small", scale.choose(10, 256, 256), scale.choose(10, 256, 256), workers);
      }
    }
  }

  private void compare(Findings findings, String size, int rows, int columns, Workers workers) throws IOException {
    long n = (long) rows * columns;
    long state = SPECS.stream().map(OptimizerSpec::parse).mapToLong(spec -> spec.bytes(rows, columns) + 8192).sum();
    memory.reserve(4 * n * (SPECS.size() + 1) + state);
    DenseRows gradient = new DenseRows(Batches.gradientValues(memory, rows, columns), rows, columns);
    String threads = workers.count() == 1 ? "1 thread" : workers.count() + " threads";
    String name = String.format(Locale.ROOT, "%s matrix, %,d x %,d, %s", size, rows, columns, threads);
    List<Contender> contenders = new ArrayList<>();
    List<RowTable> tables = new ArrayList<>();
    for (String text : SPECS) {
      RowTable table = RowTable.allocate(memory, rows, columns);
      tables.add(table);
      RowOptimizer optimizer = new RowOptimizer(OptimizerSpec.parse(text), table, 1, memory, workers);
      optimizer.step(gradient, Batches.LEARNING_RATE);
      contenders.add(Contender.of(text, n, () -> optimizer.step(gradient, Batches.LEARNING_RATE)));
    }
    // The first estimate of the second variant is the square of the gradient, as Adagrad's.
    if (tables.get(SPECS.indexOf(ADAGRAD)).data().mismatch(tables.get(SPECS.indexOf(SM3)).data()) >= 0) {
      throw new CheckFailed(name + ": the first step of " + SM3 + " is not Adagrad's");
    }
    Comparison comparison = effort().run(name, "element", contenders);
    findings.keep(comparison);
    MarkdownTable report = new MarkdownTable(name, "ns/element", "time of " + ADAGRAD, "state, bytes");
    for (String text : SPECS) {
      report.row(text, Findings.number(comparison.nanosPerUnit(text)),
          Findings.number(comparison.ratio(text, ADAGRAD)),
          String.format(Locale.ROOT, "%,d", OptimizerSpec.parse(text).bytes(rows, columns)));
    }
    findings.table(report);
    findings.goal(Goal.atMost(SM3 + " over dense Adagrad, " + name, 1, comparison.ratio(SM3, ADAGRAD), "x"));
  }

  private SideBySide effort() {
    return scale.choose(new SideBySide(1, 3, 1), new SideBySide(5, 15, 3), new SideBySide(20, 101, 15));
  }
}
