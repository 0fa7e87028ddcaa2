/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import dev.sublinear.train.loop.TrainingListener;

/** Shows how far a run has come. */
interface TrainingProgress extends TrainingListener, AutoCloseable {
  /** A bar for a person at a terminal, else a line now and then, or nothing. */
  static TrainingProgress on(Console console, boolean quiet) {
    if (quiet) {
      return new TrainingProgress() {};
    }
    return console.terminal() ? new BarProgress(console) : new LineProgress(console);
  }

  @Override
  default void close() {}
}
