/* SPDX-License-Identifier: Apache-2.0 */
/** Shampoo, its factors whole or sketched, and what is around it: grafting, momentum, weight decay. */
@NullMarked
package dev.sublinear.matrix.shampoo;

import org.jspecify.annotations.NullMarked;
