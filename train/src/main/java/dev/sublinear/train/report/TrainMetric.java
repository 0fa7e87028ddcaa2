/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * The state of training at a logging step: {@code {"step":10,"epoch":0.1,"tokens":7000,"seconds":1.2,"loss":7.1,
 * "learningRate":0.002,"tokensPerSecond":15000.0}}.
 *
 * @param at when
 * @param loss mean training loss per token since the previous logging step, in nats; not finite is written as null
 * @param learningRate the rate of the latest step
 * @param tokensPerSecond training tokens per second spent in training steps since the previous logging step; the time
 *     of evaluations is not counted
 */
public record TrainMetric(
    @JsonUnwrapped Progress at, double loss, double learningRate, double tokensPerSecond) implements Metric {}
