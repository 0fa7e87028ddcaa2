/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.train.model.Weight;
import dev.sublinear.train.report.TrainMetric;
import dev.sublinear.train.report.ValidationMetric;
import java.util.List;

/** Hears of a run's progress, on the training thread. */
public interface TrainingListener {
  /** The run begins; {@code steps} is its length. */
  default void started(long steps) {}

  /**
   * The gradients of a step, clipped, before the optimizers take them.
   *
   * @param step number of the step, from 1
   * @param weights what is trained
   * @param gradients one for each of the weights; valid during the call only
   */
  default void gradients(long step, List<Weight> weights, List<Gradient> gradients) {}

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
