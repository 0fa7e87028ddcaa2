/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import dev.sublinear.train.model.TranslationConfig;

/**
 * Everything that decides what a training of a translation model computes, its corpus aside.
 *
 * @param network the shape of the network
 * @param batchWords most words of each side of a batch, padding counted
 * @param optimization rules, layouts and learning rate
 * @param length how long to train and how often to look; {@code probe} must be 0
 * @param seed seed of the first weights, of the order of sentences and of hashes
 */
public record TranslationOptions(TranslationConfig network, int batchWords, LmOptions.Optimization optimization,
    LmOptions.Length length, long seed) {
  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the value and what is legal
   */
  public TranslationOptions {
    if (batchWords < network.longest()) {
      throw new IllegalArgumentException("batch of " + batchWords + " words: must have room for a sentence of "
          + network.longest());
    }
    if (length.probe() != 0) {
      throw new IllegalArgumentException("probe " + length.probe() + ": must be 0, a translation model has no probes");
    }
  }
}
