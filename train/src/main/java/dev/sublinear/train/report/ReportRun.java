/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import java.util.List;

/**
 * One run as a report shows it.
 *
 * @param label what to call it, for example its optimizer string; any text
 * @param summary its summary
 * @param metrics its metrics, in the order they were logged; may be empty
 */
public record ReportRun(String label, Summary summary, List<Metric> metrics) {
  /** Copies the list. */
  public ReportRun {
    metrics = List.copyOf(metrics);
  }

  /** Those of one kind. */
  public <M extends Metric> List<M> metrics(Class<M> kind) {
    return metrics.stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}
