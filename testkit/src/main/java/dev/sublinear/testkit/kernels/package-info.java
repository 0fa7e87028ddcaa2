/* SPDX-License-Identifier: Apache-2.0 */
/** What every implementation of the kernels must do, and equality with the scalar ones. */
@NullMarked
package dev.sublinear.testkit.kernels;

import org.jspecify.annotations.NullMarked;
