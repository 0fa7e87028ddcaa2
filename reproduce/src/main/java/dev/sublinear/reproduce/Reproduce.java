/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.train.report.Machine;
import dev.sublinear.train.report.Numbers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The registered experiments, and the running of one. */
public final class Reproduce {
  private Reproduce() {}

  /** All experiments, in the order of the papers. */
  public static List<Experiment> experiments() {
    return Stream.of(CountSketchPaper.experiments(), Sm3Paper.experiments(), SketchyPaper.experiments())
        .flatMap(List::stream).toList();
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
