/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sublinear train}: it only groups by task. */
@Command(name = "train", versionProvider = Version.class, synopsisHeading = "Usage: ", customSynopsis = "./sublinear train TASK [OPTIONS]", header = "Trains one model and reports on it.", commandListHeading = "%nTasks:%n", optionListHeading = "%nOptions:%n", footerHeading = "%nExamples:%n", footer = {
  "  ./sublinear train lm --steps 60",
  "  ./sublinear train image --data mnist --epochs 3",
  "  ./sublinear train lm --help"
})
final class TrainCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw RootCommand.missingCommand(spec);
  }
}
