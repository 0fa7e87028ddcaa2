/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A figure to reach, and what was measured.
 *
 * @param name what is measured
 * @param comparison {@code >=} or {@code <=}
 * @param goal the figure to reach
 * @param measured what this machine reached; null if it could not be measured here
 * @param unit of both figures: {@code x}, {@code bytes}
 * @param met whether it was reached; null if it could not be measured here
 * @param note why it was not measured, or what to know about the figure; null if there is nothing to say
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Goal(String name, String comparison, double goal, @Nullable Double measured, String unit,
    @Nullable Boolean met, @Nullable String note) {
  /** A figure that should be high. */
  public static Goal atLeast(String name, double goal, double measured, String unit) {
    return new Goal(name, ">=", goal, measured, unit, measured >= goal, null);
  }

  /** A figure that should be low. */
  public static Goal atMost(String name, double goal, double measured, String unit) {
    return new Goal(name, "<=", goal, measured, unit, measured <= goal, null);
  }

  /**
   * The same goal if it was measured, otherwise not measured here for this reason.
   *
   * @param reason used if the figure is not a number
   */
  public Goal orElse(String reason) {
    return measured == null || Double.isNaN(measured) ? unmeasured(reason) : this;
  }

  /** The same goal, not measured here for this reason. */
  public Goal unmeasured(String reason) {
    return new Goal(name, comparison, goal, null, unit, null, reason);
  }

  /** The same with something to know about the figure. */
  public Goal noting(String text) {
    return new Goal(name, comparison, goal, measured, unit, met, text);
  }
}
