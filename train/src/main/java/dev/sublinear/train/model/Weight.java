/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.types.Shape;
import dev.sublinear.gradient.RowTable;
import java.lang.foreign.Arena;

/**
 * A parameter tensor of a model, float32, in our memory.
 *
 * @param spec what it is
 * @param table its elements; rows are the first dimension
 */
public record Weight(TensorSpec spec, RowTable table) {
  /** A tensor of zeros. */
  static Weight allocate(TensorSpec spec, Arena arena) {
    long[] dimensions = spec.shape().getShape();
    return new Weight(spec, RowTable.ofTensor(arena.allocate(spec.shape().size() * Float.BYTES, 64), dimensions));
  }

  /** Its stable name. */
  public String name() {
    return spec.name();
  }

  /** Its shape in the engine. */
  public Shape shape() {
    return spec.shape();
  }
}
