/* SPDX-License-Identifier: Apache-2.0 */
/** Arithmetic on rows: elementwise kernels in one fixed order, hashes, and counter-based random numbers. */
@NullMarked
package dev.sublinear.kernel;

import org.jspecify.annotations.NullMarked;
