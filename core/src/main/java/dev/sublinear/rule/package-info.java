/* SPDX-License-Identifier: Apache-2.0 */
/** What is remembered and how a step is made: one file per rule, listed in {@link dev.sublinear.rule.Rules}. */
@NullMarked
package dev.sublinear.rule;

import org.jspecify.annotations.NullMarked;
