/* SPDX-License-Identifier: Apache-2.0 */
/** What comes in: parameter tables and the gradients of their rows. */
@NullMarked
package dev.sublinear.gradient;

import org.jspecify.annotations.NullMarked;
