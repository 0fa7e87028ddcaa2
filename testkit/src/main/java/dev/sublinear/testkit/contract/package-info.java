/* SPDX-License-Identifier: Apache-2.0 */
/** Suites that run over every registered rule and layout; a newcomer is tested with no test written. */
@NullMarked
package dev.sublinear.testkit.contract;

import org.jspecify.annotations.NullMarked;
