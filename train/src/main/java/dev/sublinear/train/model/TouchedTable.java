/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import dev.sublinear.train.data.UniqueIds;
import java.lang.foreign.Arena;
import java.util.Arrays;

/** A table of words, of which a step opens the rows that its words touch, or all. */
final class TouchedTable {
  private final Weight weight;
  private final Leaf leaf;
  private final UniqueIds rows;
  private boolean whole;

  /** A table of zeros; a step touches up to {@code maxRows} of its rows. */
  TouchedTable(TensorSpec spec, int maxRows, Arena arena) {
    weight = Weight.allocate(spec, arena);
    leaf = new Leaf(weight, maxRows, arena);
    rows = new UniqueIds(Math.toIntExact(weight.table().rows()), maxRows);
  }

  Weight weight() {
    return weight;
  }

  Leaf leaf() {
    return leaf;
  }

  /** The rows of the step. */
  UniqueIds rows() {
    return rows;
  }

  /** Begins a step. */
  void clear() {
    rows.clear();
  }

  /** Opens all rows if {@code whole}, else those added since {@link #clear}. */
  void open(NDManager manager, boolean whole) {
    this.whole = whole;
    rows.finish();
    open(manager, leaf);
  }

  /** Opens the same rows of another tensor. */
  void open(NDManager manager, Leaf other) {
    if (whole) {
      other.openWhole(manager, true);
    } else {
      other.openRows(manager, rows.ids(), rows.count(), true);
    }
  }

  /** The rows of words, [shape x columns], differentiable, owned by {@code manager}. */
  NDArray take(NDManager manager, int[] words, Shape shape) {
    int[] local = whole ? words : Arrays.stream(words).map(rows::index).toArray();
    NDArray table = leaf.array();
    return table.getNDArrayInternal().embedding(manager.create(local, shape), table, SparseFormat.DENSE)
        .singletonOrThrow();
  }
}
