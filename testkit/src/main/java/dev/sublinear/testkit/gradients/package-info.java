/* SPDX-License-Identifier: Apache-2.0 */
/** Seeded gradients of the shapes that training produces, with special values on demand. */
@NullMarked
package dev.sublinear.testkit.gradients;

import org.jspecify.annotations.NullMarked;
