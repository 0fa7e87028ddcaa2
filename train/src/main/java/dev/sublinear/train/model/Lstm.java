/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sublinear.gradient.RowTable;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The layers between the tables: dropout, one or two LSTM layers (Hochreiter, Schmidhuber, 1997), dropout, and an
 * optional projection without bias.
 *
 * <p>Input [batch x steps x embedding], output [batch steps x output columns]. The state of the LSTM is carried from
 * call to call, cut off from the graph of earlier calls. Not thread-safe.
 */
final class Lstm {
  private final LstmConfig config;
  private final List<Weight> weights = new ArrayList<>();
  private final List<Leaf> leaves = new ArrayList<>();
  private final @Nullable Leaf projection;

  Lstm(LstmConfig config, Arena arena) {
    this.config = config;
    config.tensors().forEach((name, dimensions) -> add(arena, name, dimensions));
    projection = config.projection() == 0 ? null : leaves.getLast();
  }

  private void add(Arena arena, String name, long... dimensions) {
    Shape shape = new Shape(dimensions);
    RowTable table = RowTable.ofTensor(arena.allocate(shape.size() * Float.BYTES, 64), dimensions);
    Weight weight = new Weight(name, "LSTM and projection", table, shape, false);
    weights.add(weight);
    leaves.add(new Leaf(weight, 0, arena));
  }

  List<Weight> weights() {
    return weights;
  }

  /** In the order of {@link #weights}. */
  List<Leaf> leaves() {
    return leaves;
  }

  /** A zero state for {@code batch} rows: h and c, each [layers x batch x hidden]. */
  NDList zeroState(NDManager manager, int batch) {
    Shape shape = new Shape(config.layers(), batch, config.hidden());
    return new NDList(manager.zeros(shape), manager.zeros(shape));
  }

  /**
   * Runs the layers.
   *
   * @param input [batch x steps x embedding]
   * @param state h and c before the first step; replaced by those after the last, owned by {@code stateOwner}
   */
  NDArray forward(NDArray input, NDList state, NDManager stateOwner, boolean training) {
    NDManager manager = input.getManager();
    for (Leaf leaf : leaves) {
      leaf.openWhole(manager, training);
    }
    NDList parameters = new NDList(leaves.subList(0, 4 * config.layers()).stream().map(Leaf::array).toList());
    NDArray dropped = drop(input, training);
    NDList result = dropped.getNDArrayInternal()
        .lstm(dropped, state, parameters, true, config.layers(), config.dropout(), training, false, true);
    for (int k = 0; k < 2; k++) {
      NDArray next = result.get(k + 1).stopGradient();
      next.attach(stateOwner);
      state.set(k, next).close();
    }
    NDArray output = drop(result.get(0), training).reshape(-1, config.hidden());
    return projection == null ? output : output.matMul(projection.array().transpose());
  }

  private NDArray drop(NDArray x, boolean training) {
    return config.dropout() == 0 || !training
        ? x
        : x.getNDArrayInternal().dropout(x, (float) config.dropout(), true).singletonOrThrow();
  }
}
