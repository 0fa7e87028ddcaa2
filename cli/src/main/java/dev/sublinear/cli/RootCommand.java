/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code sublinear} alone: it only groups. */
@Command(name = "sublinear", versionProvider = Version.class, sortOptions = false, synopsisHeading = "Usage: ", customSynopsis = "./sublinear COMMAND [OPTIONS]", header = "Trains models whose optimizer state is a small fraction of their size.%n", description = {
  "%nAn optimizer is an update rule times a layout for each thing it remembers: --optimizer adam keeps Adam's two"
      + " moments dense, --optimizer \"adam m=count-sketch:0.2,v=count-min:0.2\" keeps them in sketches of a fifth"
      + " of the size."
}, commandListHeading = "%nCommands:%n", optionListHeading = "%nOptions:%n", footerHeading = "%nExamples:%n", footer = {
  "  ./sublinear train lm --steps 60      a first look, on the embedded corpus",
  "  ./sublinear train lm                 the real thing: minutes on two cores",
  "  ./sublinear compare lm --optimizers \"adam;adam m=none,v=row-wise\" --steps 400",
  "  ./sublinear plan --rows 49500000 --cols 64 --optimizer adam",
  "  ./sublinear bench --quick            what this machine does in a second, beside other libraries",
  "  ./sublinear oco --data a9a --algorithm s-adagrad --sketch 10 --lr 0.42",
  "  ./sublinear reproduce --list         the papers' tables and figures, measured again",
  "  ./sublinear train lm --help          every option, rule and layout"
})
final class RootCommand implements Runnable {
  @Option(names = {"-h",
    "--help"}, usageHelp = true, scope = ScopeType.INHERIT, order = 1000, description = "Shows this text.") boolean help;

  @Option(names = {"-V",
    "--version"}, versionHelp = true, scope = ScopeType.INHERIT, order = 1001, description = "Shows the version.") boolean version;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw missingCommand(spec);
  }

  /** What to say when a command that only groups is given alone. */
  static ParameterException missingCommand(CommandSpec spec) {
    return new ParameterException(spec.commandLine(), "no command given: write " + spec.qualifiedName() + " "
        + String.join("|", spec.subcommands().keySet()) + ", or " + spec.qualifiedName() + " --help");
  }
}
