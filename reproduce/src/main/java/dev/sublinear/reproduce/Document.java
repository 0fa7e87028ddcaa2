/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.train.report.MarkdownTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The results of one experiment as a Markdown file with pictures in a folder beside it. Not thread-safe. */
public final class Document {
  private final Path folder;
  private final String name;
  private final StringBuilder text = new StringBuilder();
  private int pictures;

  /**
   * Nothing yet.
   *
   * @param folder where the file will be; its pictures go to {@code images} in it
   * @param name the file's name without its ending
   */
  Document(Path folder, String name) {
    this.folder = folder;
    this.name = name;
  }

  /** Adds a headline of the second rank. */
  void section(String headline) {
    text.append("## ").append(headline).append("\n\n");
  }

  /** Adds a paragraph. */
  void say(String paragraph) {
    text.append(paragraph).append("\n\n");
  }

  /** Adds a table. */
  void table(MarkdownTable table) {
    text.append(table.render()).append('\n');
  }

  /** Draws a picture and adds it. */
  void picture(Chart chart) throws IOException {
    pictures++;
    String file = name + "-" + pictures + ".png";
    Path images = Files.createDirectories(folder.resolve("images"));
    chart.write(images.resolve(file));
    text.append("![").append(chart.title()).append("](images/").append(file).append(")\n\n");
  }

  /** The text so far. */
  String markdown() {
    return text.toString();
  }

  /** Writes {@code head} and the text; returns the file. */
  Path write(String head) throws IOException {
    Path file = Files.createDirectories(folder).resolve(name + ".md");
    Files.writeString(file, head + text.toString().stripTrailing() + "\n");
    return file;
  }
}
