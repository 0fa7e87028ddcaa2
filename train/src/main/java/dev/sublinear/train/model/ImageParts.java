/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * What networks for images are made of, each part by the names of its tensors.
 *
 * <p>Weights begin uniform in +-sqrt(6 / inputs), which has the variance 2 / inputs that keeps the size of activations
 * through layers of max(0, x) (He et al., 2015); biases begin at 0.
 *
 * <p>The norm is group normalisation (Wu, He, 2018) in 4 groups with epsilon 1e-5: per image and group of channels,
 * weight (x - mean) / sqrt(variance + epsilon) + bias. Batch normalisation would tie the images of a batch to each
 * other, so that its halves could not be computed apart, and keeps running statistics that are neither weights nor
 * optimizer state; here an image gives the same logits in any batch, in training as in validation.
 *
 * @param tensors open while the parts are used
 */
record ImageParts(Tensors tensors) {
  /** Groups of channels of a norm. */
  static final int GROUPS = 4;

  private static final float EPSILON = 1e-5f;

  /** The kernel of a convolution without bias, [outputs x inputs x side x side]. */
  static TensorSpec kernel(String name, long outputs, long inputs, long side) {
    return weights(name, inputs * side * side, outputs, inputs, side, side);
  }

  /** The tensors of a convolution with bias. */
  static List<TensorSpec> convolution(String name, long outputs, long inputs, long side) {
    return List.of(kernel(name, outputs, inputs, side), bias(name, outputs));
  }

  /** The tensors of a dense layer. */
  static List<TensorSpec> dense(String name, long outputs, long inputs) {
    return List.of(weights(name, inputs, outputs, inputs), bias(name, outputs));
  }

  /** The tensors of a norm. */
  static List<TensorSpec> norm(String name, long channels) {
    return List.of(tensor(name + ".weight", Initial.constant(1), channels), bias(name, channels));
  }

  private static TensorSpec weights(String name, long inputs, long... dimensions) {
    return tensor(name + ".weight", Initial.uniform(Math.sqrt(6.0 / inputs)), dimensions);
  }

  private static TensorSpec bias(String name, long outputs) {
    return tensor(name + ".bias", Initial.ZERO, outputs);
  }

  private static TensorSpec tensor(String name, Initial initial, long... dimensions) {
    String component = name.startsWith("dense") ? "dense layers" : "convolutions";
    return new TensorSpec(name, component, new Shape(dimensions), false, initial);
  }

  /** A convolution with a border of zeros as wide as half the kernel, every {@code stride} pixels. */
  NDArray convolution(NDArray x, String name, boolean biased, int stride) {
    NDArray kernel = tensors.get(name + ".weight");
    long border = kernel.getShape().get(2) / 2;
    NDArray bias = biased ? tensors.get(name + ".bias") : null;
    return x.getNDArrayInternal().convolution(x, kernel, bias, new Shape(stride, stride), new Shape(border, border),
        new Shape(1, 1), 1).singletonOrThrow();
  }

  NDArray dense(NDArray x, String name) {
    NDArrayEx engine = x.getNDArrayInternal();
    return engine.linear(x, tensors.get(name + ".weight"), tensors.get(name + ".bias")).singletonOrThrow();
  }

  NDArray norm(NDArray x, String name) {
    NDManager manager = x.getManager();
    Shape shape = x.getShape();
    long channels = shape.get(1);
    Shape group = new Shape(channels / GROUPS * shape.get(2) * shape.get(3));
    NDArray groups = x.reshape(shape.get(0), GROUPS, group.size());
    NDArray normal = groups.getNDArrayInternal()
        .layerNorm(groups, group, manager.ones(group), manager.zeros(group), EPSILON).singletonOrThrow().reshape(shape);
    Shape perChannel = new Shape(1, channels, 1, 1);
    return normal.mul(tensors.get(name + ".weight").reshape(perChannel))
        .add(tensors.get(name + ".bias").reshape(perChannel));
  }

  static NDArray relu(NDArray x) {
    return x.getNDArrayInternal().relu();
  }

  /** The largest of every square of 2 x 2 pixels; an odd row or column at the end is left out. */
  static NDArray halve(NDArray x) {
    return x.getNDArrayInternal().maxPool(new Shape(2, 2), new Shape(2, 2), new Shape(0, 0), false);
  }
}
