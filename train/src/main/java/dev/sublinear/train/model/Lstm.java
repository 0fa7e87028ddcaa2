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
 * The layers between the tables: one or two LSTM layers (Hochreiter, Schmidhuber, 1997) with dropout around them, and an
 * optional projection without bias.
 *
 * <p>Input [batch x steps x embedding], output [batch steps x output columns]. The state of the LSTM is carried from
 * call to call, cut off from the graph of earlier calls. Between opening and closing the weights, several threads may
 * run {@link #forward} on states of their own.
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

  /** Opens all weights, with gradients if {@code training}; each {@link Leaf} is closed by the caller. */
  void open(NDManager manager, boolean training) {
    for (Leaf leaf : leaves) {
      leaf.openWhole(manager, training);
    }
  }

  /** A zero state for {@code batch} rows: h and c of each layer, [1 x batch x hidden]. */
  NDList zeroState(NDManager manager, int batch) {
    Shape shape = new Shape(1, batch, config.hidden());
    NDList state = new NDList();
    for (int i = 0; i < 2 * config.layers(); i++) {
      state.add(manager.zeros(shape));
    }
    return state;
  }

  /**
   * Runs the layers; the weights must be open.
   *
   * @param input [batch x steps x embedding]
   * @param state h and c of each layer before the first step; replaced by those after the last, owned by {@code owner}
   * @param dropout what happens before, between and after the layers
   */
  NDArray forward(NDArray input, NDList state, NDManager owner, Between dropout) {
    NDArray x = dropout.apply(input, 0);
    for (int layer = 0; layer < config.layers(); layer++) {
      NDList parameters = new NDList(leaves.subList(4 * layer, 4 * layer + 4).stream().map(Leaf::array).toList());
      NDList result = x.getNDArrayInternal()
          .lstm(x, new NDList(state.subList(2 * layer, 2 * layer + 2)), parameters, true, 1, 0, true, false, true);
      for (int k = 0; k < 2; k++) {
        NDArray next = result.get(k + 1).stopGradient();
        next.attach(owner);
        state.set(2 * layer + k, next).close();
      }
      x = dropout.apply(result.get(0), layer + 1);
    }
    NDArray output = x.reshape(-1, config.hidden());
    return projection == null ? output : output.matMul(projection.array().transpose());
  }

  /** A function applied before the first layer (site 0) and after the k-th (site k). */
  interface Between {
    NDArray apply(NDArray x, int site);
  }
}
