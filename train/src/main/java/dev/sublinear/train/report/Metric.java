/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

/** One line of {@code metrics.jsonl}. */
public sealed interface Metric permits TrainMetric, ValidationMetric, ProbeMetric {
  /** How far the run was when it was measured. */
  Progress at();
}
