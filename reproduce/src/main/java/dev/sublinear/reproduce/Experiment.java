/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import java.io.IOException;

/** One table or figure of a paper and how to measure it again. */
public interface Experiment {
  /** The name on the command line, for example {@code cs-table-3}. */
  String id();

  /** What it is about, in a line. */
  String title();

  /**
   * Measures.
   *
   * @param lab the data, the size, and the trainer
   * @param document takes text, tables and pictures
   * @throws IllegalArgumentException if the data cannot be used, saying why; before any long work
   * @throws IOException if data cannot be read
   */
  void run(Lab lab, Document document) throws IOException;
}
