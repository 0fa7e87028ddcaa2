/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * One or two LSTM layers (Hochreiter, Schmidhuber, 1997) with dropout around them, and an optional projection without
 * bias. The state of the LSTM is carried from window to window.
 */
final class Lstm implements Body {
  private final LstmConfig config;
  private final Tensors tensors;

  Lstm(LstmConfig config, Tensors tensors) {
    this.config = config;
    this.tensors = tensors;
  }

  /** h and c of each layer, [1 x batch x hidden]. */
  @Override
  public NDList zeroState(NDManager manager, int batch) {
    Shape shape = new Shape(1, batch, config.hidden());
    NDList state = new NDList();
    for (int i = 0; i < 2 * config.layers(); i++) {
      state.add(manager.zeros(shape));
    }
    return state;
  }

  @Override
  public NDArray forward(NDArray input, NDList state, NDManager owner, Between dropout) {
    NDArray x = dropout.apply(input, 0);
    for (int layer = 0; layer < config.layers(); layer++) {
      NDList parameters =
          new NDList(tensors.leaves().subList(4 * layer, 4 * layer + 4).stream().map(Leaf::array).toList());
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
    return config.projection() == 0 ? output : output.matMul(tensors.get("projection.weight").transpose());
  }
}
