/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import dev.sublinear.train.report.TrainMetric;
import dev.sublinear.train.report.ValidationMetric;

/** Hears of a run's progress, on the training thread. */
public interface TrainingListener {
  /** The run begins; {@code steps} is its length. */
  default void started(long steps) {}

  /** A step is done. */
  default void stepped(long step, double loss) {}

  /** A line of training metrics was logged. */
  default void logged(TrainMetric metric) {}

  /** A longer phase without steps begins, for example {@code validation}. */
  default void phase(String name) {}

  /** The validation text was scored. */
  default void validated(ValidationMetric metric) {}

  /** The run has ended, one way or the other. */
  default void finished() {}
}
