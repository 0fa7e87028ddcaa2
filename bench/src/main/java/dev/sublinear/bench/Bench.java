/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import dev.sublinear.train.report.Machine;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Runs all sections, one after the other. */
public final class Bench {
  private Bench() {}

  /** The sections, in the order of the report. */
  static List<Section> sections(Scale scale, Memory memory, PythonTorch.Found python) {
    List<Section> sections =
        new ArrayList<>(
            List.of(new DenseStep(scale, memory), new Sm3Step(scale, memory), new SparseStep(scale, memory, python),
                new Pairs(scale, memory), new Growth(scale, memory), new WholeTraining(scale), new Overheads(scale)));
    if (scale != Scale.QUICK) {
      sections.add(new KernelTimes(scale));
    }
    return sections;
  }

  /** 1, and 2 where there are two processors. */
  static List<Integer> threadCounts() {
    return IntStream.rangeClosed(1, Math.min(2, Runtime.getRuntime().availableProcessors())).boxed().toList();
  }

  /**
   * Measures, printing the report as Markdown section by section.
   *
   * @param scale how large the benchmarks are
   * @param out takes the report
   * @param progress takes a line when a section begins
   * @throws CheckFailed if something that was to be timed computes something wrong
   * @throws IOException if another process or a temporary file failed
   */
  public static Report run(Scale scale, PrintStream out, Consumer<String> progress) throws IOException {
    long start = System.nanoTime();
    PythonTorch.Found python = PythonTorch.find();
    Machine machine = Machine.look();
    List<Integer> threads = threadCounts();
    out.print("# Benchmarks (" + scale.name().toLowerCase(Locale.ROOT) + ")\n\n" + machine.markdown()
        + "- Python torch: " + python.description() + "\n- threads of a step: "
        + threads.stream().map(Object::toString).collect(Collectors.joining(" and ")) + "\n\n");
    List<Findings> found = new ArrayList<>();
    List<Goal> goals = new ArrayList<>();
    try (Memory memory = new Memory()) {
      for (Section section : sections(scale, memory, python)) {
        progress.accept(String.format(Locale.ROOT, "%4.0f s  %s", (System.nanoTime() - start) / 1e9, section.title()));
        Findings findings = new Findings(section.title());
        section.run(findings);
        out.print(findings.markdown());
        out.flush();
        found.add(findings);
        goals.addAll(findings.goals());
      }
    }
    Report report = new Report(scale, (System.nanoTime() - start) / 1e9, machine, python.description(), threads, goals,
        found);
    out.print(report.goalsMarkdown());
    return report;
  }
}
