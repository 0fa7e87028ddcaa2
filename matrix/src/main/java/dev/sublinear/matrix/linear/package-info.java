/* SPDX-License-Identifier: Apache-2.0 */
/** Matrix products and symmetric eigenvectors, by OpenBLAS on one thread. */
@NullMarked
package dev.sublinear.matrix.linear;

import org.jspecify.annotations.NullMarked;
