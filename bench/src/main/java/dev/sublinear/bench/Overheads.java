/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import dev.sublinear.gradient.RowTable;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.Workers;
import dev.sublinear.testkit.AllocationMeter;
import dev.sublinear.testkit.Combinations;
import dev.sublinear.train.report.MarkdownTable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What a step costs beyond its arithmetic: handing parts to threads, the first step of a JVM, allocation. */
final class Overheads implements Section {
  private static final List<String> CHOSEN = List.of("adam", "adagrad", "adam m=count-sketch:0.2,v=count-min:0.2",
      "adam m=none,v=row-wise", "adam m=bf16,v=bf16");
  private static final int BURST = 1000;
  /** Most rounds of the allocation meter; a step is compiled long before. */
  private static final int ROUNDS = 100;

  private final Scale scale;

  Overheads(Scale scale) {
    this.scale = scale;
  }

  @Override
  public String title() {
    return "Hand-off, first step, allocation";
  }

  @Override
  public void run(Findings findings) throws IOException {
    handOff(findings);
    firstStep(findings);
    allocation(findings);
  }

  private void handOff(Findings findings) throws IOException {
    int threads = Bench.threadCounts().getLast();
    int burst = scale.choose(10, BURST, BURST);
    try (Workers workers = new Workers(threads); Workers alone = new Workers(1)) {
      int[] calls = new int[threads * 16]; // a cache line each
      Workers.Task task = (part, parts, scratch) -> calls[part * 16]++;
      workers.run(task);
      for (int part = 0; part < threads; part++) {
        if (calls[part * 16] != 1) {
          throw new CheckFailed("Workers.run: part " + part + " ran " + calls[part * 16] + " times");
        }
      }
      List<Contender> contenders = List.of(
          back(burst, "1 thread", alone, task),
          back(burst, threads + " threads, one task after the other", workers, task),
          new Contender(threads + " threads, after a rest of 10 ms", 1, () -> {
            rest();
            long start = System.nanoTime();
            workers.run(task);
            return System.nanoTime() - start;
          }));
      SideBySide effort =
          scale.choose(new SideBySide(1, 3, 1), new SideBySide(20, 101, 1), new SideBySide(20, 1001, 10));
      findings.compare(effort.run("Workers.run of an empty task", "task", contenders), contenders.getFirst().name());
    }
  }

  /**
   * In a loop: a worker that ended its part has left this thread a permit, with which the first park returns at once.
   */
  private static void rest() {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(10);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static Contender back(int burst, String name, Workers workers, Workers.Task task) {
    return Contender.of(name, burst, () -> {
      for (int i = 0; i < burst; i++) {
        workers.run(task);
      }
    });
  }

  private void firstStep(Findings findings) throws IOException {
    int rows = scale.choose(1000, 100_000, 100_000);
    int count = scale.choose(50, 10_000, 10_000);
    int repeats = scale.choose(1, 1, 3);
    MarkdownTable table = new MarkdownTable("step in a fresh JVM", "first, ms", "after 180 steps, ms");
    for (String spec : scale == Scale.TOY ? CHOSEN.subList(0, 1) : CHOSEN) {
      FirstStep here = FirstStep.measure(spec, 1, rows, count);
      List<FirstStep> fresh = new ArrayList<>();
      for (int i = 0; i < repeats; i++) {
        fresh.add(FirstStep.inFreshJvm(spec, 1, rows, count));
        if (fresh.getLast().sum() != here.sum()) {
          throw new CheckFailed(spec + ": a fresh JVM arrives at " + fresh.getLast() + ", this one at " + here);
        }
      }
      double first = Comparison.median(fresh.stream().mapToDouble(FirstStep::firstNanos).toArray()) / 1e6;
      double steady = Comparison.median(fresh.stream().mapToDouble(FirstStep::steadyNanos).toArray()) / 1e6;
      table.row(spec, Findings.number(first), Findings.number(steady));
      findings.figure("first step, ms, " + spec, first);
    }
    findings.say(String.format(Locale.ROOT,
        "The first step of a JVM is interpreted, Vector API and all: %,d rows of %,d x 64, 1 thread.", count, rows));
    findings.table(table);
  }

  private void allocation(Findings findings) {
    List<OptimizerSpec> specs = scale == Scale.FULL
        ? Combinations.legal()
        : CHOSEN.stream().map(OptimizerSpec::parse).toList();
    long most = 0;
    String where = "";
    for (int threads : Bench.threadCounts()) {
      try (Workers workers = new Workers(threads)) {
        for (OptimizerSpec spec : specs) {
          long bytes = allocated(spec, workers);
          if (bytes >= most) {
            most = bytes;
            where = spec + ", threads: " + threads;
          }
        }
      }
    }
    double perStep = (double) most / AllocationMeter.CALLS;
    findings.say("Allocated per step after warm-up, the most of " + specs.size() + " pairs: "
        + Findings.number(perStep) + " bytes" + (most == 0 ? "." : " (" + where + ")."));
    findings.goal(Goal.atMost("allocation per optimizer step after warm-up", 0, perStep, "bytes"));
  }

  /** Bytes of the cleanest round of steps. */
  private static long allocated(OptimizerSpec spec, Workers workers) {
    Batches batches = new Batches(500, 48, 20, 2);
    try (Arena arena = Arena.ofShared()) {
      RowTable table = RowTable.allocate(arena, batches.rows(), batches.columns());
      RowOptimizer optimizer = new RowOptimizer(spec, table, 1, arena, workers);
      StepCheck.run(optimizer, batches.gradient(0));
      int[] calls = {0};
      return AllocationMeter.bytesPerRound(
          () -> optimizer.step(batches.gradient(calls[0]++ % batches.size()), Batches.LEARNING_RATE), ROUNDS);
    }
  }
}
