/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import dev.sublinear.train.report.MarkdownTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whole training steps of the default language model: with dense and compressed Adam, and the same network in plain DJL
 * with DJL's Adam over whole tables.
 *
 * <p>Each runs in a JVM of its own; in one JVM, whichever came first was 1 % faster. Plain DJL runs with the engine's
 * threads as they come and with one, and its better figure counts.
 */
final class WholeTraining implements Section {
  private static final String DENSE = "adam";
  private static final List<String> COMPRESSED =
      List.of("adam m=count-sketch:0.2,v=count-min:0.2", "adam m=none,v=row-wise");
  private static final String DJL_DEFAULT = "plain DJL, the engine's own choice of threads";
  private static final String DJL_ONE = "plain DJL, 1 engine thread";

  /** The first loss of the same network on the same words is the same to rounding. */
  private static final double TOLERANCE = 1e-4;

  private final Scale scale;

  WholeTraining(Scale scale) {
    this.scale = scale;
  }

  @Override
  public String title() {
    return "Whole training steps";
  }

  @Override
  public void run(Findings findings) throws IOException {
    LmWorkload workload = scale == Scale.TOY ? LmWorkload.toy() : LmWorkload.wordNet();
    int threads = Bench.threadCounts().getLast();
    Map<String, LmProcess> opened = new LinkedHashMap<>();
    try {
      opened.put(DENSE, LmProcess.ours(workload, DENSE, threads));
      for (String optimizer : COMPRESSED) {
        opened.put(optimizer, LmProcess.ours(workload, optimizer, threads));
      }
      opened.put(DJL_DEFAULT, LmProcess.plainDjl(workload, false));
      opened.put(DJL_ONE, LmProcess.plainDjl(workload, true));
      float expected = opened.get(DJL_DEFAULT).steps(1).loss();
      List<Contender> contenders = new ArrayList<>();
      for (Map.Entry<String, LmProcess> entry : opened.entrySet()) {
        LmProcess process = entry.getValue();
        if (!entry.getKey().equals(DJL_DEFAULT)) {
          check(entry.getKey(), process.steps(1).loss(), expected);
        }
        boolean isDjl = entry.getKey().equals(DJL_DEFAULT) || entry.getKey().equals(DJL_ONE);
        int steps = isDjl ? scale.choose(1, 1, 5) : scale.choose(1, 5, 20);
        contenders.add(new Contender(entry.getKey(), (long) steps * workload.wordsPerStep(),
            () -> process.steps(steps).nanos()));
      }
      SideBySide effort = scale.choose(new SideBySide(0, 3, 0), new SideBySide(6, 31, 24), new SideBySide(6, 61, 240));
      report(findings, workload, threads, effort.run(title(), "word", contenders));
    } finally {
      for (LmProcess process : opened.values()) {
        process.close();
      }
    }
  }

  private static void check(String contender, float loss, float expected) {
    if (!(Math.abs(loss - expected) <= TOLERANCE * Math.abs(expected))) {
      throw new CheckFailed(contender + ": the first loss is " + loss + ", that of plain DJL " + expected);
    }
  }

  private static void report(Findings findings, LmWorkload workload, int threads, Comparison comparison) {
    findings.say("A word is a token of text. " + workload.words() + " words in the vocabulary, embedding "
        + workload.network().embedding() + ", LSTM " + workload.network().hidden() + ", projection "
        + workload.network().projection() + ", " + workload.samples() + " negatives, batch " + workload.batch() + " x "
        + workload.bptt() + ". Gather, forward, backward, clip and optimizer with " + threads
        + " threads; plain DJL does not clip. The first losses agree within " + TOLERANCE + ".");
    findings.keep(comparison);
    MarkdownTable table =
        new MarkdownTable("optimizer of the tables", "tokens/s", "ms/step", "times dense Adam's rate");
    for (Comparison.Timing timing : comparison.timings()) {
      table.row(timing.name(), Findings.number(1e9 / timing.nanosPerUnit()),
          Findings.number(timing.nanosPerUnit() * workload.wordsPerStep() / 1e6),
          Findings.number(comparison.ratio(DENSE, timing.name())));
    }
    findings.table(table);
    for (String compressed : COMPRESSED) {
      findings.goal(Goal.atLeast("whole training, " + compressed + " against dense Adam", 0.97,
          comparison.ratio(DENSE, compressed), "x"));
    }
    double slower = Math.min(comparison.ratio(DJL_DEFAULT, DENSE), comparison.ratio(DJL_ONE, DENSE));
    findings.goal(Goal.atLeast("whole training, dense Adam against plain DJL with DJL's Adam", 3, slower, "x"));
  }
}
