/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import dev.sublinear.gradient.RowTable;
import dev.sublinear.gradient.SparseRows;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.Workers;
import dev.sublinear.train.report.ByteSize;
import dev.sublinear.train.report.MarkdownTable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How the time per row grows with the table. Rows are uniform and new in every step, so that what is measured is memory
 * and not the head of a distribution that sits in a cache.
 */
final class Growth implements Section {
  private static final int COLUMNS = 64;
  private static final String DENSE = "adam";
  private static final String SKETCH = "adam m=count-sketch:0.01,v=count-min:0.01";
  private static final List<String> SPECS =
      List.of(DENSE, "adam m=count-sketch:0.2,v=count-min:0.2", SKETCH, "adam m=none,v=row-wise");
  private static final long TEN_MILLION = 10_000_000;
  private static final long FIFTY_MILLION = 50_000_000;
  private static final long STREAM = CounterRandom.stream("bench uniform rows");

  private final Scale scale;
  private final Memory memory;
  /** Rows of a step. */
  private final int count;

  Growth(Scale scale, Memory memory) {
    this.scale = scale;
    this.memory = memory;
    count = scale.choose(100, 10_000, 10_000);
  }

  @Override
  public String title() {
    return "Growth with the table";
  }

  @Override
  public void run(Findings findings) throws IOException {
    List<Long> sizes = scale.choose(List.of(1000L, 4000L), List.of(100_000L, 1_000_000L, TEN_MILLION),
        List.of(100_000L, 1_000_000L, TEN_MILLION, FIFTY_MILLION));
    findings.say(String.format(Locale.ROOT,
        "Nanoseconds per row of a step on %,d rows of n x %d, threads: %d. Rows are drawn uniformly, one from each of %,d"
            + " equal ranges, anew for every step; in brackets what the parameters and the state take.",
        count, COLUMNS, Bench.threadCounts().getLast(), count));
    // Once, and for the largest: all that fits beside each other at a size is measured in alternation.
    memory.reserve(sizes.stream().mapToLong(n -> bytes(n, fitting(n))).max().orElseThrow());
    Map<Long, Comparison> measured = new HashMap<>();
    try (Workers workers = new Workers(Bench.threadCounts().getLast())) {
      for (long n : sizes) {
        List<String> fitting = fitting(n);
        memory.reserve(bytes(n, fitting));
        if (!fitting.isEmpty()) {
          Comparison comparison = measure(n, fitting, workers);
          findings.keep(comparison);
          measured.put(n, comparison);
        }
      }
    }
    table(findings, sizes, measured);
    goals(findings, measured);
  }

  /** Parameters and the states of these optimizers, with some room between the pieces; nothing without optimizers. */
  private static long bytes(long n, List<String> specs) {
    return specs.isEmpty() ? 0 : 4 * n * COLUMNS + specs.stream().mapToLong(spec -> stateBytes(n, spec) + 4096).sum();
  }

  private static long stateBytes(long n, String spec) {
    return OptimizerSpec.parse(spec).bytes(n, COLUMNS);
  }

  /** The optimizers that fit beside each other, looked at by size: dense is the first to be left out. */
  private List<String> fitting(long n) {
    List<String> fitting = new ArrayList<>();
    List<String> bySize = SPECS.stream().sorted((a, b) -> Long.compare(stateBytes(n, a), stateBytes(n, b))).toList();
    for (String spec : bySize) {
      fitting.add(spec);
      if (bytes(n, fitting) > memory.available()) {
        fitting.removeLast();
      }
    }
    return SPECS.stream().filter(fitting::contains).toList();
  }

  private Comparison measure(long n, List<String> specs, Workers workers) throws IOException {
    RowTable table = RowTable.allocate(memory, n, COLUMNS);
    MemorySegment values = Batches.gradientValues(Arena.ofAuto(), count, COLUMNS);
    long[] draws = {0};
    List<Contender> contenders = new ArrayList<>();
    for (String spec : specs) {
      RowOptimizer optimizer = new RowOptimizer(OptimizerSpec.parse(spec), table, 1, memory, workers);
      StepCheck.run(optimizer, draw(n, draws[0]++, values));
      contenders.add(new Contender(spec, count, () -> {
        SparseRows gradient = draw(n, draws[0]++, values);
        long start = System.nanoTime();
        optimizer.step(gradient, Batches.LEARNING_RATE);
        return System.nanoTime() - start;
      }));
    }
    SideBySide effort = scale.choose(new SideBySide(1, 3, 1), new SideBySide(10, 61, 4), new SideBySide(20, 401, 30));
    return effort.run(String.format(Locale.ROOT, "n = %,d", n), "row", contenders);
  }

  private SparseRows draw(long n, long step, MemorySegment values) {
    long key = CounterRandom.key(1, STREAM, step);
    long[] rows = new long[count];
    for (int i = 0; i < count; i++) {
      long from = n * i / count;
      rows[i] = from + CounterRandom.below(key, i, n * (i + 1) / count - from);
    }
    return new SparseRows(rows, count, values, COLUMNS);
  }

  private static void table(Findings findings, List<Long> sizes, Map<Long, Comparison> measured) {
    List<String> headers = new ArrayList<>(List.of("ns/row"));
    sizes.forEach(n -> headers.add(String.format(Locale.ROOT, "n = %,d", n)));
    MarkdownTable table = new MarkdownTable(headers.toArray(String[]::new));
    for (String spec : SPECS) {
      List<String> cells = new ArrayList<>(List.of(spec));
      for (long n : sizes) {
        Comparison comparison = measured.get(n);
        String bytes = " (" + ByteSize.format(4 * n * COLUMNS + stateBytes(n, spec)) + ")";
        cells.add(comparison != null && comparison.has(spec)
            ? Findings.number(comparison.nanosPerUnit(spec)) + bytes
            : "does not fit" + bytes);
      }
      table.row(cells.toArray(String[]::new));
    }
    findings.table(table);
  }

  private void goals(Findings findings, Map<Long, Comparison> measured) {
    Comparison ten = measured.get(TEN_MILLION);
    findings.goal(Goal.atMost("1 % sketches against dense layouts, n = 10 M rows x 64", 1,
        ten != null && ten.has(DENSE) ? ten.ratio(SKETCH, DENSE) : Double.NaN, "x")
        .orElse("dense Adam does not fit this machine's free memory"));
    Comparison fifty = measured.get(FIFTY_MILLION);
    findings.goal(Goal.atMost("growth of ns per row from 10 M to 50 M rows, 1 % sketches", 1.3,
        ten != null && fifty != null && ten.has(SKETCH) && fifty.has(SKETCH)
            ? fifty.nanosPerUnit(SKETCH) / ten.nanosPerUnit(SKETCH)
            : Double.NaN,
        "x")
        .orElse(scale == Scale.FULL
            ? "50 M rows do not fit this machine's free memory"
            : "full run only: the first touch of 13 GB of parameters takes too long"));
  }
}
