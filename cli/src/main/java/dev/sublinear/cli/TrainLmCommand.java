/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.train.loop.LmOptions;
import dev.sublinear.train.report.ReportRun;
import dev.sublinear.train.report.RunDirectory;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code train lm}: one language model, one optimizer. */
@Command(name = "lm", versionProvider = Version.class, sortOptions = false, synopsisHeading = "Usage: ", customSynopsis = "./sublinear train lm [OPTIONS]", header = "Trains a language model and reports on it.", description = {
  "%nReads text, learns to predict the next word, and measures perplexity (lower is better; the figure to beat is"
      + " that of word counts alone). The rows of the two word tables are updated by --optimizer."
}, footerHeading = "%nExamples:%n", footer = {
  "  ./sublinear train lm --steps 60",
  "  ./sublinear train lm --optimizer \"adam m=none,v=row-wise\"",
  "  ./sublinear train lm --corpus my.txt --optimizer \"adagrad v=count-min:0.1\" --lr 0.2",
  "  ./sublinear train lm --corpus wikitext-2 --softmax full --tied --dropout 0.3 --epochs 5",
  "Exit codes: 0 done, 2 bad usage or input, 1 anything else, such as a loss that is not finite."
})
final class TrainLmCommand implements Callable<Integer> {
  private final Console console;

  @Option(names = "--optimizer", paramLabel = "\"NAME [SLOTS]\"", order = 1, description = "Update rule and layouts of the word tables. Default: ${DEFAULT-VALUE}.") String optimizer =
      LmArguments.OPTIMIZER;

  @Option(names = "--state", paramLabel = "SLOTS", order = 2, description = "Layouts that override those of --optimizer, for example m=none,v=row-wise.")
  @Nullable String state;

  @Option(names = "--lr", paramLabel = "RATE", order = 3, description = "Learning rate before the schedule. Default: the rule's own, below.")
  @Nullable Double learningRate;

  @Mixin LmArguments arguments = new LmArguments();

  TrainLmCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    OptimizerSpec spec = spec();
    LmOptions options = arguments.options(spec, learningRate == null ? null : learningRate.floatValue());
    LmSession session = LmSession.open(console, arguments, List.of(options));
    RunDirectory directory = RunDirectory.create(arguments.output.out);
    ReportRun run = session.train(spec.toString(), session.runs().getFirst(), directory);
    ConsoleRun.finish(console, run, directory);
    return 0;
  }

  private OptimizerSpec spec() {
    OptimizerSpec spec = Errors.named("--optimizer", () -> OptimizerSpec.parse(optimizer));
    String slots = state;
    return slots == null ? spec : Errors.named("--state", () -> spec.withState(slots));
  }
}
