/* SPDX-License-Identifier: Apache-2.0 */
/** Corpora, vocabularies, the batches cut from them, and the sets of ids a step touches. */
@NullMarked
package dev.sublinear.train.data;

import org.jspecify.annotations.NullMarked;
