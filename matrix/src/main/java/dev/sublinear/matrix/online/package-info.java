/* SPDX-License-Identifier: Apache-2.0 */
/** Online convex methods: one gradient, one step, most of them on a sketch of the gradients seen. */
@NullMarked
package dev.sublinear.matrix.online;

import org.jspecify.annotations.NullMarked;
