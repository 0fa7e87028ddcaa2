/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a run leaves behind: its directory, its metrics line by line, its summary, its report and its terminal tables.
 *
 * <p>{@link dev.sublinear.train.report.RunDirectory} owns the files, {@link dev.sublinear.train.report.MetricsLog}
 * grows during the run, {@link dev.sublinear.train.report.Summary} is written at its end, and
 * {@link dev.sublinear.train.report.HtmlReport} and {@link dev.sublinear.train.report.TerminalReport} show one run or
 * several side by side.
 */
@NullMarked
package dev.sublinear.train.report;

import org.jspecify.annotations.NullMarked;
