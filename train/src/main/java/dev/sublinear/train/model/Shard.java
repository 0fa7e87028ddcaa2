/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Some of the rows of a batch: the state of their texts, and their part of a step.
 *
 * <p>Shards of one model share its leaves, whose gradients the engine adds up under a lock, in the order in which
 * threads arrive. With two shards every sum has two terms, and a + b is b + a to the last bit; with three the order
 * would show. Not thread-safe, but different shards may run at the same time.
 */
final class Shard {
  private final Body body;
  private final Tables tables;
  private final Dropout dropout;
  private final int from;
  private final int rows;
  private final NDManager manager;
  private @Nullable NDList state;

  /** The rows {@code [from, from + rows)} of a batch. */
  Shard(Body body, Tables tables, Dropout dropout, int from, int rows, NDManager parent) {
    this.body = body;
    this.tables = tables;
    this.dropout = dropout;
    this.from = from;
    this.rows = rows;
    manager = parent.newSubManager();
  }

  /** Starts the texts anew. */
  void resetState() {
    if (state != null) {
      state.close();
      state = null;
    }
  }

  /**
   * A training window of the whole batch, one row of text after the other.
   *
   * @param step number of the step, from 1
   * @param inputs word ids, [batch x steps]
   * @param targets word ids to predict, [batch x steps]
   */
  record Window(long step, int[] inputs, int[] targets, int batch, int steps) {
    int words() {
      return batch * steps;
    }
  }

  /** Adds this shard's part to the gradients of the open leaves; returns its part of the mean loss. */
  float forwardBackward(Window window) {
    int steps = window.steps();
    try (GradientTape tape = new GradientTape(); NDManager scope = manager.newSubManager()) {
      if (state == null) {
        state = body.zeroState(manager, rows);
      }
      NDArray embedded = tables.embed(scope, own(window.inputs(), steps), new Shape(rows, steps));
      NDArray hidden = body.forward(embedded, state, manager, (x, site) -> dropout.apply(x, site, window.step(), from));
      NDArray words = scope.create((float) window.words());
      NDArray loss = tables.loss(hidden, own(window.targets(), steps)).div(words);
      tape.backward(loss);
      return loss.getFloat();
    }
  }

  private int[] own(int[] words, int steps) {
    return Arrays.copyOfRange(words, from * steps, (from + rows) * steps);
  }
}
