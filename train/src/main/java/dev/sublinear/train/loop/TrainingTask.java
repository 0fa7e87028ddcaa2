/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import dev.sublinear.train.model.TrainedModel;
import dev.sublinear.train.report.Progress;
import dev.sublinear.train.report.Summary;
import org.jspecify.annotations.Nullable;

/** What a {@link Training} trains: data, a model, and their description. Called by one thread. */
interface TrainingTask {
  /** What is trained; closed by the loop. */
  TrainedModel model();

  /**
   * Takes the data of a step; timed as a part of it.
   *
   * @param step from 1, each in turn
   * @return how many of {@link #unit} the step learns from
   */
  int load(long step);

  /** Runs what was loaded forward and backward; the mean loss, in nats. */
  float forwardBackward(long step);

  /** The score of the validation data. */
  Summary.Score validate();

  /** The score of the test data, asked for once, at the end; null where this task leaves them alone. */
  Summary.@Nullable Score test();

  /** What the data consist of. */
  Progress.Unit unit();

  /** Data and model, as the summary shows them. */
  Summary.Task describe();
}
