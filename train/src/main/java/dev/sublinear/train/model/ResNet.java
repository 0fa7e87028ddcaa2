/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;

/**
 * A small residual network with pre-activation (He et al., 2016, "Identity mappings", figure 1 b).
 *
 * <p>A convolution; three blocks, the second and third of them at half the pixels and twice the channels of the one
 * before; norm, max(0, x), the mean over all pixels, a dense layer to the logits. A block is, with a(x) = max(0,
 * norm(x)): x + conv(a(conv(a(x)))), and where the size changes conv1x1(a(x)) + conv(a(conv(a(x)))). Convolutions have
 * no bias, the norms do. Deviation from the paper: group for batch normalisation; {@link ImageParts} says why.
 *
 * @param parts by the names of the tensors
 */
record ResNet(ImageParts parts) implements ImageNetwork {
  @Override
  public NDArray logits(NDArray images) {
    NDArray x = parts.convolution(images, "stem", false, 1);
    for (int stage = 0; stage < ResNetConfig.STAGES; stage++) {
      String name = "stage." + stage + ".";
      int stride = stage == 0 ? 1 : 2;
      NDArray activated = ImageParts.relu(parts.norm(x, name + "norm.0"));
      NDArray shortcut = stage == 0 ? x : parts.convolution(activated, name + "shortcut", false, stride);
      NDArray inner = parts.convolution(activated, name + "convolution.0", false, stride);
      NDArray added =
          parts.convolution(ImageParts.relu(parts.norm(inner, name + "norm.1")), name + "convolution.1", false, 1);
      x = shortcut.add(added);
    }
    NDArray last = ImageParts.relu(parts.norm(x, "norm"));
    NDArray means = last.reshape(last.getShape().get(0), last.getShape().get(1), -1).mean(new int[] {2});
    return parts.dense(means, "dense");
  }
}
