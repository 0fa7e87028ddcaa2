/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.train.loop.LmOptions;
import dev.sublinear.train.report.HtmlReport;
import dev.sublinear.train.report.ReportRun;
import dev.sublinear.train.report.RunDirectory;
import dev.sublinear.train.report.TerminalReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code compare lm}: one language model, several optimizers, same seed, data and negatives. */
@Command(name = "lm", versionProvider = Version.class, sortOptions = false, synopsisHeading = "Usage: ", customSynopsis = "./sublinear compare lm --optimizers \"A;B;C\" [OPTIONS]", header = "Trains a language model once per optimizer: one table, one report.", description = {
  "%nThe runs differ in the optimizer alone: seed, first weights, text and drawn words are the same. A run whose"
      + " loss is not finite is shown as diverged, the others go on, and the exit code is 1."
}, footerHeading = "%nExamples:%n", footer = {
  "  ./sublinear compare lm --optimizers \"adam;adam m=count-sketch:0.2,v=count-min:0.2\" --steps 400",
  "  ./sublinear compare lm --optimizers \"adam;adagrad v=count-min:0.2\" --lr \"0.008;0.1\"",
  "Exit codes: 0 done, 2 bad usage or input, 1 anything else, such as a loss that is not finite."
})
final class CompareLmCommand implements Callable<Integer> {
  private static final int LONGEST_NAME = 60;

  private final Console console;

  @Option(names = "--optimizers", paramLabel = "\"A;B;C\"", required = true, order = 1, description = "Optimizers of the word tables, separated by semicolons.") String optimizers =
      "";

  @Option(names = "--lr", paramLabel = "RATE|\"X;Y;Z\"", order = 2, description = "Learning rate of all runs, or one for each. Default: each rule's own, below.")
  @Nullable String learningRate;

  @Mixin LmArguments arguments = new LmArguments();

  /** One run to come. */
  private record Entry(String label, LmOptions options, RunDirectory directory) {}

  CompareLmCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    List<String> texts = parts("--optimizers", optimizers);
    LmSession session = LmSession.open(console, arguments, options(texts));
    RunDirectory directory = RunDirectory.create(arguments.output.out);
    List<ReportRun> runs = new ArrayList<>();
    List<String> diverged = new ArrayList<>();
    for (Entry entry : entries(texts, session.runs(), directory)) {
      session.say("run " + (runs.size() + 1) + " of " + texts.size() + ": " + entry.label());
      ReportRun run = session.train(entry.label(), entry.options(), entry.directory());
      runs.add(run);
      // After every run, so that whatever happens to the next one there is a report of those that ended.
      directory.writeReport(HtmlReport.render(console.command(), runs));
      if (run.summary().outcome().divergedAtStep() != null) {
        diverged.add("'" + entry.label() + "': " + ConsoleRun.diverged(run, entry.directory()));
      }
    }
    console.out().print(TerminalReport.comparison(runs));
    console.out().println("runs:   " + directory.path());
    console.out().println("report: " + directory.reportFile());
    if (!diverged.isEmpty()) {
      throw new RunFailed(diverged.size() + " of " + runs.size() + " runs diverged: " + String.join("; ", diverged));
    }
    return 0;
  }

  private List<LmOptions> options(List<String> texts) {
    List<Float> rates = learningRates(texts.size());
    List<LmOptions> options = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i);
      OptimizerSpec spec = Errors.named("--optimizers", () -> OptimizerSpec.parse(text));
      options.add(arguments.options(spec, rates.isEmpty() ? null : rates.get(i % rates.size())));
    }
    return options;
  }

  /** No rate, one, or one for each of the runs. */
  private List<Float> learningRates(int runs) {
    if (learningRate == null) {
      return List.of();
    }
    List<String> texts = parts("--lr", learningRate);
    if (texts.size() != 1 && texts.size() != runs) {
      throw new IllegalArgumentException("--lr '" + learningRate + "': " + texts.size() + " rates for " + runs
          + " optimizers: must be one for all or one for each");
    }
    return texts.stream().map(CompareLmCommand::rate).toList();
  }

  private static Float rate(String text) {
    try {
      return Float.valueOf(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--lr '" + text + "': must be a number above 0", e);
    }
  }

  private static List<String> parts(String option, String text) {
    List<String> parts = List.of(text.strip().split("\\s*;\\s*", -1));
    if (parts.contains("")) {
      throw new IllegalArgumentException(option + " '" + text + "': an empty part; write A;B;C");
    }
    return parts;
  }

  /** All directories are made before the first run begins. */
  private static List<Entry> entries(List<String> texts, List<LmOptions> options, RunDirectory parent) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      LmOptions run = options.get(i);
      String text = texts.get(i);
      boolean isRepeated = texts.stream().filter(text::equals).count() > 1;
      String label = isRepeated ? text + " (lr " + run.optimization().learningRate() + ")" : text;
      String name = (i + 1) + "-" + label.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]+", "-").replaceAll("-+$", "");
      entries.add(new Entry(label, run, parent.child(name.substring(0, Math.min(LONGEST_NAME, name.length())))));
    }
    return entries;
  }
}
