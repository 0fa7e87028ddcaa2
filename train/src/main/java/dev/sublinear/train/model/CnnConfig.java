/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The shape of a small convolutional network; {@link Cnn} says what it computes.
 *
 * <p>Parameters, for images of c x h x w of k classes and n = width:
 * 9 c n + n + 18 n^2 + 2 n + 16 n^2 [h / 4] [w / 4] + 8 n + 8 n k + k.
 *
 * @param width channels of the first convolution; the second has twice as many, the dense layer 8 times
 */
public record CnnConfig(int width) implements ImageConfig {
  /** Two poolings halve each side. */
  static final int SHRINKS = 4;

  /** Units of the dense layer for each channel of the first convolution. */
  static final int DENSE = 8;

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException naming the value and what is legal
   */
  public CnnConfig {
    Ranges.positive("width", width);
  }

  @Override
  public String name() {
    return "cnn";
  }

  @Override
  public List<TensorSpec> tensors(ImageShape images) {
    if (images.height() < SHRINKS || images.width() < SHRINKS) {
      throw new IllegalArgumentException("images of " + images.height() + " x " + images.width()
          + " pixels: a cnn needs at least " + SHRINKS + " x " + SHRINKS);
    }
    long n = width;
    long pooled = 2 * n * (images.height() / SHRINKS) * (images.width() / SHRINKS);
    List<TensorSpec> tensors = new ArrayList<>(ImageParts.convolution("convolution.0", n, images.channels(), 3));
    tensors.addAll(ImageParts.convolution("convolution.1", 2 * n, n, 3));
    tensors.addAll(ImageParts.dense("dense.0", DENSE * n, pooled));
    tensors.addAll(ImageParts.dense("dense.1", images.classes(), DENSE * n));
    return tensors;
  }

  /** What the convolutions and the dense layer give. */
  @Override
  public long activations(ImageShape images) {
    long plane = (long) images.height() * images.width();
    return width * (plane + plane / 2 + DENSE);
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of("width", width);
  }
}
