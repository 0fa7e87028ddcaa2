/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import dev.sublinear.train.report.MarkdownTable;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** {@link KernelBenchmark} by JMH, in JVMs of their own; that the kernels are right is its test's to say. */
final class KernelTimes implements Section {
  private final Scale scale;

  KernelTimes(Scale scale) {
    this.scale = scale;
  }

  @Override
  public String title() {
    return "Kernels in the first-level cache (JMH)";
  }

  @Override
  public void run(Findings findings) {
    // In tests in this JVM and for one short call each: that they run at all.
    TimeValue time = scale.choose(TimeValue.milliseconds(1), TimeValue.seconds(1), TimeValue.seconds(1));
    OptionsBuilder options = new OptionsBuilder();
    options.include("\\Q" + KernelBenchmark.class.getName() + "\\E\\.")
        .forks(scale.choose(0, 1, 1))
        .warmupIterations(scale.choose(0, 2, 2)).warmupTime(time)
        .measurementIterations(scale.choose(1, 3, 3)).measurementTime(time)
        .timeUnit(TimeUnit.NANOSECONDS)
        .jvmArgsAppend("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow") // JMH's own use, else a warning per JVM
        .verbosity(VerboseMode.SILENT);
    Collection<RunResult> results;
    try {
      results = new Runner(options.build()).run();
    } catch (RunnerException e) {
      throw new IllegalStateException("JMH: " + e.getMessage(), e);
    }
    MarkdownTable table = new MarkdownTable("kernel", "elements", "ns/call", "+-", "ns/element");
    for (RunResult result : List.copyOf(results)) {
      String label = result.getPrimaryResult().getLabel();
      int size = Integer.parseInt(result.getParams().getParam("size"));
      double nanos = result.getPrimaryResult().getScore();
      double error = result.getPrimaryResult().getScoreError();
      table.row(label, Integer.toString(size), Findings.number(nanos),
          Double.isNaN(error) ? "" : Findings.number(error), Findings.number(nanos / size));
      findings.figure(label + ", ns per call on " + size, nanos);
    }
    findings.table(table);
  }
}
