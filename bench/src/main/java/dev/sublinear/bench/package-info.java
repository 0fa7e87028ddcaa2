/* SPDX-License-Identifier: Apache-2.0 */
/** What this machine does in a second: our steps beside other libraries, in alternating runs, with a goal for each. */
@NullMarked
package dev.sublinear.bench;

import org.jspecify.annotations.NullMarked;
