/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

/**
 * How far a run has come.
 *
 * @param step optimizer steps done
 * @param epoch passes over the training data done, with the fraction of the current one
 * @param tokens training tokens seen
 * @param seconds wall-clock seconds since the first step began
 */
public record Progress(long step, double epoch, long tokens, double seconds) {}
