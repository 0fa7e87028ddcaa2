/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.Gradient;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.gradient.SparseRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A weight as a leaf of the engine's graph for one step: all of it (zero-copy), or a few rows gathered into a small
 * tensor, so that a huge table never enters the engine. Or none of it.
 *
 * <p>The gradient of the leaf is the gradient of those rows. Memory for gathered rows is allocated once. Not
 * thread-safe.
 */
final class Leaf {
  private final RowTable table;
  private final Shape shape;
  private final MemorySegment gathered;
  private final long[] ids;
  private int count;
  private boolean whole;
  private @Nullable NDArray array;
  private @Nullable NDArray gradientArray;

  /** A leaf that can gather up to {@code maxRows} rows; 0 for a weight that is always whole. */
  Leaf(Weight weight, int maxRows, Arena arena) {
    table = weight.table();
    shape = weight.shape();
    ids = new long[maxRows];
    gathered = arena.allocate(Math.max(1L, (long) maxRows * table.columns() * Float.BYTES), 64);
  }

  /** Opens the whole weight, with a gradient if {@code training}. */
  NDArray openWhole(NDManager manager, boolean training) {
    whole = true;
    return open(EngineMemory.tensor(manager, table.data(), shape), training);
  }

  /** Gathers and opens the rows {@code rows[0..count)}, ascending, with a gradient if {@code training}. */
  NDArray openRows(NDManager manager, int[] rows, int count, boolean training) {
    whole = false;
    this.count = count;
    for (int i = 0; i < count; i++) {
      ids[i] = rows[i];
    }
    table.gather(ids, count, gathered);
    MemorySegment used = gathered.asSlice(0, (long) count * table.columns() * Float.BYTES);
    return open(EngineMemory.tensor(manager, used, new Shape(count, table.columns())), training);
  }

  /** Says that the step does not need the weight: the gradient is that of no row. */
  void openNone() {
    whole = false;
    count = 0;
  }

  private NDArray open(NDArray tensor, boolean training) {
    tensor.setRequiresGradient(training);
    array = tensor;
    return tensor;
  }

  /** The open tensor. */
  NDArray array() {
    if (array == null) {
      throw new IllegalStateException("the leaf is not open");
    }
    return array;
  }

  /** The gradient after a backward pass, in the engine's memory: valid until {@link #close}. */
  Gradient gradient() {
    if (array == null && !whole && count == 0) {
      return new SparseRows(ids, 0, MemorySegment.NULL, table.columns());
    }
    gradientArray = array().getGradient();
    MemorySegment values = EngineMemory.memory(gradientArray);
    return whole
        ? new DenseRows(values, table.rows(), table.columns())
        : new SparseRows(ids, count, values, table.columns());
  }

  /** Frees the engine's tensors. */
  void close() {
    if (gradientArray != null) {
      gradientArray.close();
      gradientArray = null;
    }
    if (array != null) {
      array.close();
      array = null;
    }
  }
}
