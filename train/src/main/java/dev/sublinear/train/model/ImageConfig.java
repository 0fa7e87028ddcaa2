/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import java.util.List;
import java.util.Map;

/** The shape of a network for images. */
public sealed interface ImageConfig permits CnnConfig, ResNetConfig {
  /** The name of the kind, as {@code --model} takes it. */
  String name();

  /**
   * The tensors, in the order in which they are stored.
   *
   * @throws IllegalArgumentException if the images are too small for the network
   */
  List<TensorSpec> tensors(ImageShape images);

  /** Numbers that the backward pass waits for, at least, for one image. */
  long activations(ImageShape images);

  /** The sizes, as reports show them. */
  Map<String, Object> settings();
}
