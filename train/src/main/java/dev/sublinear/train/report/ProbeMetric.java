/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;

/**
 * How far the moments of the tables are off at a logging step: {@code {"step":10,…,"probe":[{"table":"input.table",
 * "slot":"m","relativeError":0.31,"overEstimate":-0.002}]}}.
 *
 * @param at when
 * @param probe one entry per table and slot
 */
public record ProbeMetric(@JsonUnwrapped Progress at, List<SlotError> probe) implements Metric {
  /** Copies the list. */
  public ProbeMetric {
    probe = List.copyOf(probe);
  }

  /**
   * The error of one slot of one table over the probed rows.
   *
   * @param table the tensor's name
   * @param slot the slot's name
   * @param relativeError ||estimate - exact||_2 / ||exact||_2; not finite is written as null
   * @param overEstimate sum(estimate - exact) / sum |exact|; not finite is written as null
   */
  public record SlotError(String table, String slot, double relativeError, double overEstimate) {}
}
