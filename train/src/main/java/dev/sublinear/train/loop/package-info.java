/* SPDX-License-Identifier: Apache-2.0 */
/** The training loop: options, schedules, memory check, and one run from data to report. */
@NullMarked
package dev.sublinear.train.loop;

import org.jspecify.annotations.NullMarked;
