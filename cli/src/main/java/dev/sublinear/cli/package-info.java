/* SPDX-License-Identifier: Apache-2.0 */
/** The command {@code ./sublinear}: options in, calls of module train, text out. */
@NullMarked
package dev.sublinear.cli;

import org.jspecify.annotations.NullMarked;
