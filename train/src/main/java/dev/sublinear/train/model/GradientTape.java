/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/**
 * Lets the engine record what the calling thread computes, until closed.
 *
 * <p>DJL's own collector is one for the whole process; tapes of several threads record at the same time.
 *
 * <p>Between recording and {@link #backward} nothing may be multiplied or divided by a Java number: DJL makes a tensor
 * of it over memory that it lets the garbage collector free at once, and the backward pass reads it again. Make the
 * tensor with the manager of the step, which keeps it.
 */
final class GradientTape implements AutoCloseable {
  GradientTape() {
    EngineThread.prepare();
    JniUtils.setGradMode(true);
  }

  /** Adds the gradient of {@code loss}, a scalar, to the gradients of the leaves, and forgets the recording. */
  void backward(NDArray loss) {
    try (NDArray one = loss.getManager().ones(new Shape())) {
      JniUtils.backward((PtNDArray) loss, (PtNDArray) one, false, false);
    }
  }

  @Override
  public void close() {
    JniUtils.setGradMode(false);
  }
}
