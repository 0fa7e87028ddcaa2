/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

/**
 * A sentence and its translation, each as word ids ending with that of {@code <eos>}; the arrays are not copied.
 *
 * @param source ids in the source vocabulary
 * @param target ids in the target vocabulary
 */
public record SentencePair(int[] source, int[] target) {}
