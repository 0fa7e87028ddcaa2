/* SPDX-License-Identifier: Apache-2.0 */
/** How a moment is stored: one file per layout, listed in {@link dev.sublinear.layout.Layouts}. */
@NullMarked
package dev.sublinear.layout;

import org.jspecify.annotations.NullMarked;
