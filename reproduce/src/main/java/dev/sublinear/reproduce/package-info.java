/* SPDX-License-Identifier: Apache-2.0 */
/** The papers' tables and figures, measured again at a scale that fits two cores and half an hour. */
@NullMarked
package dev.sublinear.reproduce;

import org.jspecify.annotations.NullMarked;
