/* SPDX-License-Identifier: Apache-2.0 */
/** What tests share: combinations of rules and layouts, trials, and a meter of allocated bytes. */
@NullMarked
package dev.sublinear.testkit;

import org.jspecify.annotations.NullMarked;
