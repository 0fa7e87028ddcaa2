/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.train.loop.MachineMemory;
import dev.sublinear.train.report.ByteSize;
import dev.sublinear.train.report.Json;
import dev.sublinear.train.report.TextTable;
import dev.sublinear.train.report.TextTable.Column;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code plan}: bytes before anything is allocated. */
@Command(name = "plan", versionProvider = Version.class, sortOptions = false, synopsisHeading = "Usage: ", customSynopsis = "./sublinear plan --rows N --cols M [--optimizer \"NAME [SLOTS]\"] [--json]", header = "Says what an optimizer's state will cost, layout by layout.", description = {
  "%nOne row per legal choice of layouts for a float32 table of N rows and M columns: the exact bytes of the state,"
      + " and whether parameters and state fit this machine's memory. Nothing is allocated. In the table kB, MB and"
      + " GB are powers of 1000."
}, footerHeading = "%nExamples:%n", footer = {
  "  ./sublinear plan --rows 49500000 --cols 64 --optimizer adam",
  "  ./sublinear plan --rows 49500000 --cols 64 --optimizer \"adam m=none,v=count-min:0.05\"",
  "  ./sublinear plan --rows 1000000 --cols 128 --optimizer adagrad --json"
})
final class PlanCommand implements Callable<Integer> {
  private final Console console;

  @Option(names = "--rows", paramLabel = "N", required = true, order = 1, description = "Rows of the table.") long rows;

  @Option(names = "--cols", paramLabel = "M", required = true, order = 2, description = "Columns of the table.") long cols;

  @Option(names = "--optimizer", paramLabel = "\"NAME [SLOTS]\"", order = 3, description = "The rule; layouts named here come first. Default: ${DEFAULT-VALUE}.") String optimizer =
      "adam";

  @Option(names = "--json", order = 4, description = "One JSON document on stdout and nothing else.") boolean json;

  PlanCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    OptimizerSpec spec = Errors.named("--optimizer", () -> OptimizerSpec.parse(optimizer));
    StatePlan plan = StatePlan.of(spec, rows, cols, MachineMemory.totalBytes());
    console.out().print(json ? Json.document(plan) : text(plan));
    return 0;
  }

  private static String text(StatePlan plan) {
    TextTable table = new TextTable(List.of(Column.left("state"), Column.right("state bytes"), Column.right(""),
        Column.right("of dense"), Column.right("with parameters"), Column.left("fits")));
    for (StatePlan.Choice choice : plan.layouts()) {
      table.row(cells(choice));
    }
    return String.format(Locale.ROOT, "%,d x %,d table, %s: parameters %,d bytes (%s), this machine has %s%n%n%s",
        plan.rows(), plan.cols(), plan.optimizer(), plan.parameters().bytes(),
        ByteSize.format(plan.parameters().bytes()), ByteSize.format(plan.machine().memoryBytes()), table.render());
  }

  private static List<String> cells(StatePlan.Choice choice) {
    String state = choice.state().isEmpty() ? "(no slots)" : choice.state();
    Long bytes = choice.optimizerStateBytes();
    if (bytes == null) {
      return List.of(state, "", "", "", "", "cannot hold: " + choice.reason());
    }
    Double fraction = choice.denseFraction();
    return List.of(state, String.format(Locale.ROOT, "%,d", bytes), ByteSize.format(bytes),
        fraction == null ? "" : String.format(Locale.ROOT, "%.1f %%", 100 * fraction),
        ByteSize.format(Objects.requireNonNull(choice.totalBytes())), choice.fits() ? "yes" : "no");
  }
}
