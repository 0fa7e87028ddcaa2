/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;

/**
 * From images to classes. While its tensors are open, several threads may run {@link #logits} on images of their own.
 */
interface ImageNetwork {
  /** The logits, [images x classes], of [images x channels x height x width]. */
  NDArray logits(NDArray images);
}
