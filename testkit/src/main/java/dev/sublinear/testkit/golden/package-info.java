/* SPDX-License-Identifier: Apache-2.0 */
/** Trajectories of other people's optimizers. */
@NullMarked
package dev.sublinear.testkit.golden;

import org.jspecify.annotations.NullMarked;
