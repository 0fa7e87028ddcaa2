/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.train.data.UniqueIds;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;

/**
 * The words' side of a language model: the input table, the output table with its bias (or one table for both), and the
 * softmax over them.
 *
 * <p>{@link #open} finds and gathers the rows that a step touches; then several threads may {@link #embed} words and ask
 * for the {@link #loss} of targets.
 */
final class Tables {
  private final Softmax softmax;
  private final boolean tied;
  private final Weight input;
  private final Weight output;
  private final Weight bias;
  private final Leaf inputLeaf;
  private final Leaf outputLeaf;
  private final Leaf biasLeaf;
  private final UniqueIds inputRows;
  private final UniqueIds outputRows;

  /** Tables of zeros, for windows of up to {@code targets} words. */
  Tables(LstmConfig config, int words, int targets, Softmax softmax, Arena arena) {
    this.softmax = softmax;
    tied = config.tied();
    input = tied
        ? table("table", "shared table", words, config.embedding(), arena)
        : table("input.table", "input table", words, config.embedding(), arena);
    output = tied ? input : table("output.table", "output table", words, config.output(), arena);
    bias = new Weight("output.bias", "output bias", RowTable.allocate(arena, words, 1), new Shape(words, 1), false);
    int outputMax = Math.clamp(softmax.maxRows(targets) + (tied ? targets : 0L), 1, words);
    int inputMax = tied ? outputMax : Math.min(words, targets);
    inputRows = new UniqueIds(words, inputMax);
    outputRows = tied ? inputRows : new UniqueIds(words, outputMax);
    inputLeaf = new Leaf(input, inputMax, arena);
    outputLeaf = tied ? inputLeaf : new Leaf(output, outputMax, arena);
    biasLeaf = new Leaf(bias, outputMax, arena);
  }

  private static Weight table(String name, String component, int words, int columns, Arena arena) {
    return new Weight(name, component, RowTable.allocate(arena, words, columns), new Shape(words, columns), true);
  }

  Weight input() {
    return input;
  }

  Weight output() {
    return output;
  }

  Weight bias() {
    return bias;
  }

  /** Each weight once. */
  List<Weight> weights() {
    return tied ? List.of(input, bias) : List.of(input, output, bias);
  }

  /** In the order of {@link #weights}. */
  List<Leaf> leaves() {
    return tied ? List.of(inputLeaf, biasLeaf) : List.of(inputLeaf, outputLeaf, biasLeaf);
  }

  /** Opens the leaves for the first {@code n} inputs and targets of a step, and draws its negatives. */
  void open(NDManager manager, long step, int[] inputs, int[] targets, int n) {
    outputRows.clear();
    inputRows.clear();
    inputRows.add(inputs, n);
    softmax.select(step, targets, n, outputRows);
    outputRows.finish();
    inputRows.finish();
    open(manager, outputLeaf, outputRows);
    open(manager, biasLeaf, outputRows);
    if (!tied) {
      inputLeaf.openRows(manager, inputRows.ids(), inputRows.count(), true);
    }
  }

  private void open(NDManager manager, Leaf leaf, UniqueIds rows) {
    if (softmax.isFull()) {
      leaf.openWhole(manager, true);
    } else {
      leaf.openRows(manager, rows.ids(), rows.count(), true);
    }
  }

  /** The input rows of words, [shape x columns], owned by {@code manager}. */
  NDArray embed(NDManager manager, int[] words, Shape shape) {
    int[] rows = tied && softmax.isFull() ? words : Arrays.stream(words).map(inputRows::index).toArray();
    NDArray table = inputLeaf.array();
    return table.getNDArrayInternal().embedding(manager.create(rows, shape), table, SparseFormat.DENSE)
        .singletonOrThrow();
  }

  /** The sum of the cross-entropies of {@code targets}, in nats, given [targets x columns]. */
  NDArray loss(NDArray hidden, int[] targets) {
    return softmax.loss(hidden, outputLeaf.array(), biasLeaf.array(), targets, outputRows);
  }
}
