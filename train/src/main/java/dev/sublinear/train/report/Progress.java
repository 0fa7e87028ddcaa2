/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * How far a run has come; in the file, {@code count} stands under the name of its unit.
 *
 * @param step optimizer steps done
 * @param epoch passes over the training data done, with the fraction of the current one
 * @param count tokens or images trained on
 * @param unit which of the two
 * @param seconds wall-clock seconds since the first step began
 */
@JsonPropertyOrder({"step", "epoch", "tokens", "images", "seconds"})
public record Progress(long step, double epoch, @JsonIgnore long count, @JsonIgnore Unit unit, double seconds) {
  /** What training data consist of. */
  public enum Unit {
    /** Words of a text. */
    TOKENS("tokens"),
    /** Whole images. */
    IMAGES("images");

    private final String plural;

    Unit(String plural) {
      this.plural = plural;
    }

    /** {@code tokens} or {@code images}. */
    @Override
    public String toString() {
      return plural;
    }
  }

  @JsonProperty("tokens")
  @Nullable
  Long tokens() {
    return unit == Unit.TOKENS ? count : null;
  }

  @JsonProperty("images")
  @Nullable
  Long images() {
    return unit == Unit.IMAGES ? count : null;
  }
}
