/* SPDX-License-Identifier: Apache-2.0 */
/** The Vector API form of {@link dev.sublinear.kernel.Kernels}. */
@NullMarked
package dev.sublinear.simd;

import org.jspecify.annotations.NullMarked;
