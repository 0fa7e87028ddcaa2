/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import dev.sublinear.train.model.ImageConfig;

/**
 * Everything that decides what a training on images computes, the images aside; checked when made.
 *
 * @param network the shape of the network
 * @param batch images of a step
 * @param optimization rules, layouts and learning rate; no tensor is a table, so the optimizer and the rate of all
 *     others count
 * @param length how long to train and how often to look; {@code probe} must be 0
 * @param seed seed of the first weights, of the validation split, of the order of images and of hashes
 */
public record ImageOptions(ImageConfig network, int batch, LmOptions.Optimization optimization, LmOptions.Length length,
    long seed) {
  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the value and what is legal
   */
  public ImageOptions {
    if (batch < 1) {
      throw new IllegalArgumentException("batch " + batch + ": must be >= 1");
    }
    if (length.probe() != 0) {
      throw new IllegalArgumentException("probe " + length.probe() + ": must be 0, a network for images has no probes");
    }
  }
}
