/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.lang.foreign.Arena;
import java.util.List;

/** An output table with a row and a bias for every word, under the full or the sampled softmax. */
final class OneTable implements Output {
  private final Softmax softmax;
  private final TouchedTable table;
  private final Weight bias;
  private final Leaf biasLeaf;
  private final boolean tied;

  /** With the table of the inputs if {@code tied}, which is then opened here for both and listed there. */
  OneTable(Softmax softmax, TouchedTable table, boolean tied, TensorSpec bias, int maxRows, Arena arena) {
    this.softmax = softmax;
    this.table = table;
    this.tied = tied;
    this.bias = Weight.allocate(bias, arena);
    biasLeaf = new Leaf(this.bias, maxRows, arena);
  }

  @Override
  public List<Weight> weights() {
    return tied ? List.of(bias) : List.of(table.weight(), bias);
  }

  @Override
  public List<Leaf> leaves() {
    return tied ? List.of(biasLeaf) : List.of(table.leaf(), biasLeaf);
  }

  @Override
  public void open(NDManager manager, long step, int[] targets, int n) {
    if (!tied) {
      table.clear();
    }
    softmax.select(step, targets, n, table.rows());
    table.open(manager, softmax.isFull());
    table.open(manager, biasLeaf);
  }

  @Override
  public NDArray loss(NDArray hidden, int[] targets) {
    return softmax.loss(hidden, table.leaf().array(), biasLeaf.array(), targets, table.rows());
  }

  @Override
  public double[] crossEntropies(NDArray hidden, int[] targets, ExactSoftmax exact) {
    return exact.crossEntropies(hidden, table.weight().table(), bias.table(), targets);
  }
}
