/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import dev.sublinear.layout.Term;
import dev.sublinear.reproduce.Experiment;
import dev.sublinear.reproduce.Lab;
import dev.sublinear.reproduce.Reproduce;
import dev.sublinear.reproduce.Size;
import dev.sublinear.train.report.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reproduce}: a paper's table or figure beside what this machine measures. */
@Command(name = "reproduce", versionProvider = Version.class, sortOptions = false, synopsisHeading = "Usage: ", customSynopsis = {
  "./sublinear reproduce ID [--data DIR] [--smoke | --full]",
  "       ./sublinear reproduce --list"}, header = "Measures a paper's table or figure again.", description = {
    "%nTrains what the paper trained, scaled down to half an hour or so on two idle cores, with a learning-rate search and"
        + " paired seeds for every method; prints the paper's row beside the measured one and writes it as Markdown with"
        + " pictures."
  }, footerHeading = "%nExamples:%n", footer = {
    "  ./sublinear reproduce --list", "  ./sublinear reproduce cs-table-4 --data wikitext-2",
    "  ./sublinear reproduce cs-table-4 --smoke", "Exit codes: 0 done, 2 bad usage or input, 1 anything else."
  })
final class ReproduceCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(arity = "0..1", paramLabel = "ID", description = "What to measure; --list names all.")
  @Nullable String id;

  @Option(names = "--list", order = 1, description = "Names all tables and figures.") boolean list;

  @Option(names = "--data", paramLabel = "DIR", order = 2, description = "A folder with train.txt, valid.txt and test.txt (.gz too), or one with such a folder wikitext-2 in it; for translation one with fra.txt, or with tatoeba-fra-eng in it; for sketchy-oco one with libsvm, mnist and cifar10-jpg in it; not with --smoke.")
  @Nullable Path data;

  @Option(names = "--smoke", order = 3, description = "Three minutes on the embedded corpus: shows that it runs.") boolean smoke;

  @Option(names = "--full", order = 4, description = "A long form, the paper's network and length where they are known: days on two cores.") boolean full;

  @Option(names = "--threads", paramLabel = "N", order = 5, description = "Threads; changes no bit of the result. Default: one per processor.") int threads =
      Runtime.getRuntime().availableProcessors();

  @Option(names = "--out", paramLabel = "DIR", order = 6, description = "Folder of the Markdown file. Default: ${DEFAULT-VALUE}.") Path out =
      Path.of("docs", "results");

  ReproduceCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (list) {
      Reproduce.experiments()
          .forEach(experiment -> console.out().printf("%-15s %s%n", experiment.id(), experiment.title()));
      return 0;
    }
    Experiment experiment = experiment();
    if (smoke && full) {
      throw new IllegalArgumentException("--smoke and --full: give one of them");
    }
    RunArguments.checkThreads(threads);
    if (Files.exists(out) && !(Files.isDirectory(out) && Files.isWritable(out))) {
      throw new IllegalArgumentException("--out " + out + ": must be a folder that can be written to");
    }
    LmSession.checkPlatform(System.getProperty("os.name"), System.getProperty("os.arch"));
    Size size = smoke ? Size.SMOKE : full ? Size.FULL : Size.SHORT;
    Lab lab = new Lab(size, data, threads, () -> RunDirectory.create(null), console.command(), console::say);
    Path file = measure(experiment, lab);
    console.out().print(Files.readString(file));
    console.out().println();
    console.out().println("written: " + file);
    if (lab.hasRuns()) {
      console.out().println("runs:    " + lab.runs().path());
    }
    return 0;
  }

  private Path measure(Experiment experiment, Lab lab) throws IOException {
    try {
      return Reproduce.run(experiment, lab, out, console.command(), Version.commit());
    } catch (IllegalStateException e) {
      throw new RunFailed(e, lab.runs().path());
    }
  }

  private Experiment experiment() {
    List<Experiment> all = Reproduce.experiments();
    List<String> ids = all.stream().map(Experiment::id).toList();
    String wanted = id;
    if (wanted == null) {
      throw new IllegalArgumentException("no table or figure named: write one of " + String.join(", ", ids));
    }
    return all.stream().filter(experiment -> experiment.id().equals(wanted)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException(Term.unknown("table or figure", wanted, ids)));
  }
}
