/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import dev.sublinear.step.OptimizerSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Whole training steps of the default language model: with dense and compressed Adam, and the same network in plain DJL
 * with DJL's Adam over whole tables.
 *
 * <p>Plain DJL runs in other processes, with the engine's threads as they come and with one; its better figure counts.
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
    int threads = Machine.threadCounts().getLast();
    List<String> ours = new ArrayList<>(List.of(DENSE));
    ours.addAll(COMPRESSED);
    List<LmSteps> opened = new ArrayList<>();
    try (PlainDjlProcess djl = new PlainDjlProcess(workload, false);
        PlainDjlProcess djlOne = new PlainDjlProcess(workload, true)) {
      List<Contender> contenders = new ArrayList<>();
      float expected = djl.steps(1).loss();
      check(DJL_ONE, djlOne.steps(1).loss(), expected);
      for (String optimizer : ours) {
        LmSteps steps = new LmSteps(workload, OptimizerSpec.parse(optimizer), threads);
        opened.add(steps);
        check(optimizer, steps.step(), expected);
        int perRun = scale.choose(1, 5, 20);
        contenders.add(Contender.of(optimizer, steps.words(perRun), () -> {
          for (int i = 0; i < perRun; i++) {
            steps.step();
          }
        }));
      }
      int perRun = scale.choose(1, 1, 5);
      long words = (long) perRun * workload.wordsPerStep();
      contenders.add(new Contender(DJL_DEFAULT, words, () -> djl.steps(perRun).nanos()));
      contenders.add(new Contender(DJL_ONE, words, () -> djlOne.steps(perRun).nanos()));
      SideBySide effort = scale.choose(new SideBySide(0, 3, 0), new SideBySide(4, 31, 27), new SideBySide(5, 31, 600));
      report(findings, workload, threads, effort.run(title(), "word", contenders));
    } finally {
      opened.forEach(LmSteps::close);
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
