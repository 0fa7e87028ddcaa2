/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.jspecify.annotations.Nullable;

/**
 * The state of training at a logging step: {@code {"step":10,"epoch":0.1,"tokens":7000,"seconds":1.2,"loss":7.1,
 * "learningRate":0.002,"tokensPerSecond":15000.0}}, with {@code images} and {@code imagesPerSecond} where those are
 * trained on.
 *
 * @param at when
 * @param loss mean training loss per token or image since the previous logging step, in nats; not finite is written as
 *     null
 * @param learningRate the rate of the latest step
 * @param rate tokens or images per second spent in training steps since the previous logging step; the time of
 *     evaluations is not counted
 */
@JsonPropertyOrder({"at", "loss", "learningRate", "tokensPerSecond", "imagesPerSecond"})
public record TrainMetric(@JsonUnwrapped Progress at, double loss, double learningRate, @JsonIgnore double rate)
    implements
      Metric {
  @JsonProperty("tokensPerSecond")
  @Nullable
  Double tokensPerSecond() {
    return at.unit() == Progress.Unit.TOKENS ? rate : null;
  }

  @JsonProperty("imagesPerSecond")
  @Nullable
  Double imagesPerSecond() {
    return at.unit() == Progress.Unit.IMAGES ? rate : null;
  }
}
