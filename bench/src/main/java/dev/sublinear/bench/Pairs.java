/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import dev.sublinear.gradient.RowTable;
import dev.sublinear.rule.Rules;
import dev.sublinear.rule.UpdateRule;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.Workers;
import dev.sublinear.train.report.MarkdownTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What layouts cost in time: pairs of rule and layouts on the same rows, as a ratio to the rule with dense layouts. */
final class Pairs implements Section {
  private static final String DENSE = "adam";
  private static final String SKETCHED = "adam m=count-sketch:0.2,v=count-min:0.2";
  private static final String SKETCHED_BF16 = "adam m=count-sketch:0.2:cells=bf16,v=count-min:0.2:cells=bf16";
  private static final String ROW_WISE = "adam m=none,v=row-wise";

  /** Measured in the quick run too; the first is the base. */
  private static final List<String> CHOSEN = List.of(DENSE, SKETCHED, SKETCHED_BF16,
      "adam m=count-sketch:0.01,v=count-min:0.01", "adam m=count-sketch:0.01:cells=bf16,v=count-min:0.01:cells=bf16",
      ROW_WISE, "adam m=dense,v=row-wise", "adam m=bf16,v=bf16", "adam m=int8,v=int8",
      "adam m=none,v=count-min:0.2");

  private final Scale scale;
  private final Memory memory;

  Pairs(Scale scale, Memory memory) {
    this.scale = scale;
    this.memory = memory;
  }

  @Override
  public String title() {
    return "Layouts against dense";
  }

  @Override
  public void run(Findings findings) throws IOException {
    Batches batches = Batches.of(scale);
    findings.say(batches.describe());
    int most = Bench.threadCounts().getLast();
    for (int threads : Bench.threadCounts().reversed()) {
      try (Workers workers = new Workers(threads)) {
        SideBySide effort = scale.choose(new SideBySide(1, 3, 1), new SideBySide(2, 9, 6), new SideBySide(3, 31, 60));
        Comparison comparison =
            measure(threads + (threads == 1 ? " thread" : " threads"), CHOSEN, batches, workers, effort);
        findings.compare(comparison, DENSE);
        if (threads == most) {
          goals(findings, comparison);
        }
      }
    }
    if (scale != Scale.QUICK) {
      try (Workers workers = new Workers(most)) {
        everyPair(findings, batches, workers);
      }
    }
  }

  private static void goals(Findings findings, Comparison comparison) {
    findings.goal(Goal.atMost("count-sketch + count-min Adam at 20 % against dense layouts, float32 cells", 2.2,
        comparison.ratio(SKETCHED, DENSE), "x"));
    findings.goal(Goal.atMost("the same with bf16 cells", 1.5, comparison.ratio(SKETCHED_BF16, DENSE), "x"));
    findings.goal(Goal.atMost("row-wise second moment, no first, against dense layouts", 0.6,
        comparison.ratio(ROW_WISE, DENSE), "x"));
  }

  /**
   * Every registered rule with every legal choice of layouts, two at a time: the memory of all together is too much.
   */
  private void everyPair(Findings findings, Batches batches, Workers workers) throws IOException {
    SideBySide effort = scale.choose(new SideBySide(1, 3, 0), new SideBySide(1, 3, 0), new SideBySide(2, 9, 6));
    findings.say(
        "Every registered pair, threads: " + workers.count() + ". The ratio is to the same rule with dense layouts.");
    MarkdownTable table = new MarkdownTable("pair", "ns/element", "ratio", "state bytes of dense");
    for (UpdateRule rule : Rules.all()) {
      OptimizerSpec dense = OptimizerSpec.dense(rule);
      List<OptimizerSpec> legal = OptimizerSpec.legal(rule);
      for (OptimizerSpec spec : legal.size() == 1 ? legal : legal.subList(1, legal.size())) {
        List<String> both = legal.size() == 1 ? List.of(spec.toString()) : List.of(dense.toString(), spec.toString());
        Comparison comparison = measure(spec.toString(), both, batches, workers, effort);
        findings.keep(comparison);
        String name = spec.toString();
        double denseBytes = dense.bytes(batches.rows(), batches.columns());
        table.row(name, Findings.number(comparison.nanosPerUnit(name)),
            Findings.number(comparison.ratio(name, dense.toString())), denseBytes == 0
                ? "none"
                : Findings.number(100 * spec.bytes(batches.rows(), batches.columns()) / denseBytes) + " %");
      }
    }
    findings.table(table);
  }

  private Comparison measure(String name, List<String> specs, Batches batches, Workers workers, SideBySide effort)
      throws IOException {
    List<OptimizerSpec> parsed = specs.stream().map(OptimizerSpec::parse).toList();
    long state = parsed.stream().mapToLong(spec -> spec.bytes(batches.rows(), batches.columns()) + 4096).sum();
    memory.reserve(batches.tableBytes() + state);
    RowTable table = RowTable.allocate(memory, batches.rows(), batches.columns());
    List<Contender> contenders = new ArrayList<>();
    for (int i = 0; i < parsed.size(); i++) {
      RowOptimizer optimizer = new RowOptimizer(parsed.get(i), table, 1, memory, workers);
      StepCheck.run(optimizer, batches.gradient(0));
      contenders.add(batches.contender(specs.get(i), optimizer));
    }
    return effort.run(name, "element", contenders);
  }
}
