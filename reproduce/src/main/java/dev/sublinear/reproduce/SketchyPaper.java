/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import java.util.List;

/** What is claimed in Feinberg, Chen, Sun, Anil, Hazan: Sketchy, NeurIPS 2023 (arXiv 2302.03764). */
final class SketchyPaper {
  private SketchyPaper() {}

  /** All of them. */
  static List<Experiment> experiments() {
    return List.of(new SketchyOco());
  }
}
