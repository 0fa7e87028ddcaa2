/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * One evaluation on the validation data: {@code {"step":100,…,"validation":{"loss":5.0,"perplexity":148.4}}}, or
 * {@code {"loss":0.1,"errorRate":0.03}} of images.
 *
 * @param at when
 * @param validation its result
 */
public record ValidationMetric(@JsonUnwrapped Progress at, Summary.Score validation) implements Metric {}
