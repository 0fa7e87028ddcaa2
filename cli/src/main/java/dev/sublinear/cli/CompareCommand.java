/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sublinear compare}: it only groups by task. */
@Command(name = "compare", versionProvider = Version.class, synopsisHeading = "Usage: ", customSynopsis = "./sublinear compare TASK [OPTIONS]", header = "Trains one model with several optimizers, side by side.", commandListHeading = "%nTasks:%n", optionListHeading = "%nOptions:%n", footerHeading = "%nExamples:%n", footer = {
  "  ./sublinear compare lm --optimizers \"adam;adam m=none,v=row-wise\" --steps 400",
  "  ./sublinear compare lm --help"
})
final class CompareCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw RootCommand.missingCommand(spec);
  }
}
