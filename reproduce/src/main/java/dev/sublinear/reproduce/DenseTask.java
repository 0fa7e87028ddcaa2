/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.train.loop.TrainingListener;
import dev.sublinear.train.report.ReportRun;
import java.util.List;

/**
 * A network and its data, of which the tensors that are no word tables are trained by the methods that are compared.
 */
interface DenseTask {
  /** What it is, in a line. */
  String title();

  /**
   * Refuses a method that the network or this machine cannot bear; before the first training.
   *
   * @throws IllegalArgumentException if its state does not fit a tensor, or memory is short
   */
  void check(Method method);

  /** Data, network and length, in a sentence or two. */
  String setting();

  /** Learning rates tried first, ascending. */
  List<Float> rates();

  /** Steps of a final training. */
  long steps();

  /** Seeds of the trainings of the search, whose mean counts. */
  List<Long> searchSeeds();

  /** Seeds of the final trainings. */
  List<Long> seeds();

  /** A training of the search; never sees the test data. */
  ReportRun search(Lab lab, Method method, float rate, long seed);

  /** A final training. */
  ReportRun last(Lab lab, Method method, float rate, long seed);

  /** A short training that is timed. */
  ReportRun timing(Lab lab, Method method, float rate);

  /** A final training by Adam at the first of the rates, looked on at. */
  void watch(Lab lab, TrainingListener listener);
}
