/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Tensors that a step opens whole, by name. */
final class Tensors {
  private final List<Weight> weights = new ArrayList<>();
  private final List<Leaf> leaves = new ArrayList<>();
  private final Map<String, Leaf> byName = new HashMap<>();

  /** Tensors of zeros. */
  Tensors(List<TensorSpec> specs, Arena arena) {
    for (TensorSpec spec : specs) {
      Weight weight = Weight.allocate(spec, arena);
      Leaf leaf = new Leaf(weight, 0, arena);
      weights.add(weight);
      leaves.add(leaf);
      byName.put(spec.name(), leaf);
    }
  }

  List<Weight> weights() {
    return weights;
  }

  /** In the order of {@link #weights}. */
  List<Leaf> leaves() {
    return leaves;
  }

  /** Opens all, with gradients if {@code training}; each {@link Leaf} is closed by the caller. */
  void open(NDManager manager, boolean training) {
    for (Leaf leaf : leaves) {
      leaf.openWhole(manager, training);
    }
  }

  /** An open tensor. */
  NDArray get(String name) {
    return Objects.requireNonNull(byName.get(name), name).array();
  }
}
