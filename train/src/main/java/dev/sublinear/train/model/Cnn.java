/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;

/**
 * A small convolutional network (LeCun et al., 1998, with max(0, x) for their sigmoids): twice a convolution of 3 x 3,
 * max(0, x) and the largest of 2 x 2 pixels; a dense layer and max(0, x); a dense layer to the logits.
 *
 * @param parts by the names of the tensors
 */
record Cnn(ImageParts parts) implements ImageNetwork {
  @Override
  public NDArray logits(NDArray images) {
    NDArray x = images;
    for (String layer : new String[] {"convolution.0", "convolution.1"}) {
      x = ImageParts.halve(ImageParts.relu(parts.convolution(x, layer, true, 1)));
    }
    NDArray units = ImageParts.relu(parts.dense(x.reshape(x.getShape().get(0), -1), "dense.0"));
    return parts.dense(units, "dense.1");
  }
}
