/* SPDX-License-Identifier: Apache-2.0 */
/** Optimizer state to and from a byte channel. */
@NullMarked
package dev.sublinear.checkpoint;

import org.jspecify.annotations.NullMarked;
