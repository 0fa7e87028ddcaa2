/* SPDX-License-Identifier: Apache-2.0 */
/** Rules and layouts in double precision on plain arrays, written from the papers and sharing nothing with core. */
@NullMarked
package dev.sublinear.testkit.oracle;

import org.jspecify.annotations.NullMarked;
