/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The shape of a small residual network; {@link ResNet} says what it computes.
 *
 * <p>Parameters, for images of c channels of k classes and n = width: 298 n^2 + (9 c + 30 + 4 k) n + k.
 *
 * @param width channels of the first stage, a multiple of 4; the second has twice as many, the third four times
 */
public record ResNetConfig(int width) implements ImageConfig {
  /** Stages of one block each; each but the first halves both sides and doubles the channels. */
  static final int STAGES = 3;

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException naming the value and what is legal
   */
  public ResNetConfig {
    if (width < 1 || width % ImageParts.GROUPS != 0) {
      throw new IllegalArgumentException(
          "width " + width + ": must be a multiple of " + ImageParts.GROUPS + ", the groups of a norm");
    }
  }

  @Override
  public String name() {
    return "resnet";
  }

  @Override
  public List<TensorSpec> tensors(ImageShape images) {
    List<TensorSpec> tensors = new ArrayList<>();
    tensors.add(ImageParts.kernel("stem", width, images.channels(), 3));
    for (int stage = 0; stage < STAGES; stage++) {
      String name = "stage." + stage + ".";
      long outputs = channels(stage);
      long inputs = channels(Math.max(0, stage - 1));
      tensors.addAll(ImageParts.norm(name + "norm.0", inputs));
      tensors.add(ImageParts.kernel(name + "convolution.0", outputs, inputs, 3));
      tensors.addAll(ImageParts.norm(name + "norm.1", outputs));
      tensors.add(ImageParts.kernel(name + "convolution.1", outputs, outputs, 3));
      if (stage > 0) {
        tensors.add(ImageParts.kernel(name + "shortcut", outputs, inputs, 1));
      }
    }
    tensors.addAll(ImageParts.norm("norm", channels(STAGES - 1)));
    tensors.addAll(ImageParts.dense("dense", images.classes(), channels(STAGES - 1)));
    return tensors;
  }

  private long channels(int stage) {
    return (long) width << stage;
  }

  /** What the convolutions and norms give. */
  @Override
  public long activations(ImageShape images) {
    long numbers = 0;
    for (int stage = 0; stage < STAGES; stage++) {
      int shrinks = 1 << stage;
      numbers += 5 * channels(stage) * Math.ceilDiv(images.height(), shrinks) * Math.ceilDiv(images.width(), shrinks);
    }
    return numbers;
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of("width", width);
  }
}
