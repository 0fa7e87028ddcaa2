/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import dev.sublinear.bench.Bench;
import dev.sublinear.bench.CheckFailed;
import dev.sublinear.bench.Report;
import dev.sublinear.bench.Scale;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench}: side-by-side figures of this machine. */
@Command(name = "bench", versionProvider = Version.class, sortOptions = false, synopsisHeading = "Usage: ", customSynopsis = "./sublinear bench [--quick] [--json-file FILE]", header = "Measures the steps on this machine, beside other libraries.", description = {
  "%nRuns the dense, sparse and sketched steps in turn with a loop written by hand, DJL's Adam and, where a Python"
      + " with torch is found, torch.optim; checks that they compute the same; and prints medians, ratios and the"
      + " project's goals as Markdown. The full run takes about a quarter of an hour; nothing else should run meanwhile."
}, footerHeading = "%nExamples:%n", footer = {
  "  ./sublinear bench --quick", "  ./sublinear bench --json-file bench.json > bench.md"
})
final class BenchCommand implements Callable<Integer> {
  private final Console console;

  @Option(names = "--quick", order = 1, description = "Less of everything: under three minutes.") boolean quick;

  @Option(names = "--json-file", paramLabel = "FILE", order = 2, description = "Also writes every time and figure there.")
  @Nullable Path jsonFile;

  BenchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (jsonFile != null) {
      checkWritable(jsonFile);
    }
    Report report = measure();
    if (jsonFile != null) {
      Files.writeString(jsonFile, report.json());
    }
    return 0;
  }

  /** From here on nothing that goes wrong is the user's input. */
  private Report measure() {
    try {
      return Bench.run(quick ? Scale.QUICK : Scale.FULL, console.out(), console::say);
    } catch (CheckFailed e) {
      throw new RunFailed(Errors.describe(e));
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalStateException("the benchmark broke off: " + Errors.describe(e), e);
    }
  }

  /** The run takes long and the file comes last. */
  private static void checkWritable(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file)) {
      throw new IllegalArgumentException("--json-file " + file + ": is a directory");
    }
    if (Files.exists(file)
        ? !Files.isWritable(file)
        : parent == null || !Files.isDirectory(parent) || !Files.isWritable(parent)) {
      throw new IllegalArgumentException("--json-file " + file + ": cannot be written; its directory must be there");
    }
  }
}
