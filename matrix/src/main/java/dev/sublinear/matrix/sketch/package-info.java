/* SPDX-License-Identifier: Apache-2.0 */
/** Frequent directions: sketches of a sum of outer products, and the one step that shrinks them. */
@NullMarked
package dev.sublinear.matrix.sketch;

import org.jspecify.annotations.NullMarked;
