/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.train.report.Machine;
import dev.sublinear.train.report.Numbers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The registered experiments, and the running of one. */
public final class Reproduce {
  private Reproduce() {}

  /** All experiments, in the order of the papers. */
  public static List<Experiment> experiments() {
    List<Experiment> experiments = new ArrayList<>(CountSketchPaper.experiments());
    experiments.add(Sm3Translation.experiment());
    return experiments;
  }

  /**
   * Runs an experiment and writes its results.
   *
   * @param experiment what to measure
   * @param lab its data, size and trainer
   * @param folder where the Markdown file goes, {@code ID[-smoke|-full].md}, with its pictures in {@code images}
   * @param command the command line, quoted in the file
   * @param commit what was built, quoted in the file
   * @return the file
   * @throws IOException if data cannot be read or results cannot be written
   */
  public static Path run(Experiment experiment, Lab lab, Path folder, String command, String commit)
      throws IOException {
    Document document = new Document(folder, experiment.id() + lab.size().suffix());
    experiment.run(lab, document);
    String head = "# " + experiment.id() + ": " + experiment.title() + "\n\n`" + command + "`, commit " + commit
        + ", took " + Numbers.duration(lab.seconds()) + " with " + lab.threads() + " threads.\n\n"
        + Machine.look().markdown() + "\n";
    return document.write(head);
  }
}
