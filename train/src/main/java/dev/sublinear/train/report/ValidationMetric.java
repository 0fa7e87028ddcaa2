/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * One evaluation on the validation text: {@code {"step":100,…,"validation":{"loss":5.0,"perplexity":148.4}}}.
 *
 * @param at when
 * @param validation its result
 */
public record ValidationMetric(@JsonUnwrapped Progress at, Summary.Score validation) implements Metric {}
