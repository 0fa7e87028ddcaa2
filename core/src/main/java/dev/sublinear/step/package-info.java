/* SPDX-License-Identifier: Apache-2.0 */
/** A rule times layouts, bound to one parameter table: the step, its threads, and what it costs in bytes. */
@NullMarked
package dev.sublinear.step;

import org.jspecify.annotations.NullMarked;
