/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import dev.sublinear.step.StepSpec;
import dev.sublinear.train.model.ImageShape;
import dev.sublinear.train.model.TensorSpec;

/** Checks that a run on images fits the machine before anything large is allocated. */
final class ImageMemory {
  private ImageMemory() {}

  /**
   * Refuses a run that needs more than {@code available} bytes.
   *
   * @throws IllegalArgumentException naming the bytes needed and there; or if a layout cannot hold a tensor, or the
   *     images are too small for the network
   */
  static void check(ImageOptions options, ImageShape images, long available) {
    long needed = bytes(options, images);
    if (needed > available) {
      throw new IllegalArgumentException("the training needs " + LmMemory.text(needed) + ", this machine has "
          + LmMemory.text(available) + "; a smaller --batch or --width needs less");
    }
  }

  /**
   * Bytes of weights, optimizer state and gradients (one of each half of the batch), of the working memory of rules of
   * whole tensors, of a batch of images, and of what the backward pass waits for. At most {@code Long.MAX_VALUE}; the
   * rest of what a step needs is not counted.
   */
  static long bytes(ImageOptions options, ImageShape images) {
    try {
      long bytes = 0;
      long workspace = 0;
      for (TensorSpec tensor : options.network().tensors(images)) {
        StepSpec spec = options.optimization().others();
        bytes = Math.addExact(bytes, LmMemory.tensor(tensor.name(), spec, true, tensor.shape().getShape()));
        workspace = Math.max(workspace, spec.workspaceBytes(tensor.shape().getShape()));
      }
      long floats = Math.multiplyExact((long) options.batch(), images.size() + options.network().activations(images));
      return Math.addExact(Math.addExact(bytes, workspace), Math.multiplyExact(Float.BYTES, floats));
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }
}
