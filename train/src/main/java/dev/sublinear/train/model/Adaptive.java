/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.SparseFormat;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Adaptive softmax (Grave et al., 2017) as {@link SoftmaxSpec.Adaptive} defines it; ids of words ascend with rarity.
 *
 * <p>The loss of a word is that of its entry in the head and, if it is in a tail, that of its place in the tail: the
 * exact cross-entropy over all words, with a gradient of the size of the table for the head and for every tail that a
 * target of the step is in. Other tails get no gradient in that step: their rows are not touched. Deviation from the
 * paper: entries have biases, so that without tails this is the full softmax.
 */
final class Adaptive implements Output {
  private final int[] ends;
  private final Tensors tensors;
  private final List<Cluster> clusters = new ArrayList<>();

  /** The head (no projection) or a tail: words from {@code first} on. */
  private record Cluster(int first, int end, List<Weight> weights, List<Leaf> leaves) {
    Weight fromEnd(int k) {
      return weights.get(weights.size() - k);
    }

    boolean has(int word) {
      return word >= first && word < end;
    }

    /** The places in {@code targets} of the words of this cluster. */
    int[] places(int[] targets) {
      return IntStream.range(0, targets.length).filter(i -> has(targets[i])).toArray();
    }

    /** The entries in this cluster of the targets at {@code places}. */
    int[] entries(int[] targets, int[] places) {
      return Arrays.stream(places).map(place -> targets[place] - first).toArray();
    }
  }

  /** Tensors of zeros: those of the head, then of each tail; they end before the words {@code ends}. */
  Adaptive(List<Integer> ends, List<TensorSpec> specs, Arena arena) {
    this.ends = ends.stream().mapToInt(Integer::intValue).toArray();
    tensors = new Tensors(specs, arena);
    for (int k = 0; k < ends.size(); k++) {
      int from = k == 0 ? 0 : 3 * k - 1; // a table and a bias for the head, a projection more for a tail
      int to = 3 * k + 2;
      clusters.add(new Cluster(k == 0 ? 0 : ends.get(k - 1), ends.get(k), tensors.weights().subList(from, to),
          tensors.leaves().subList(from, to)));
    }
  }

  private List<Cluster> tails() {
    return clusters.subList(1, clusters.size());
  }

  /** The entries of the head for words: their own, or that of their tail. */
  private int[] headEntries(int[] words) {
    return Arrays.stream(words).map(word -> {
      int tail = 0;
      while (word >= ends[tail]) {
        tail++;
      }
      return tail == 0 ? word : ends[0] + tail - 1;
    }).toArray();
  }

  @Override
  public List<Weight> weights() {
    return tensors.weights();
  }

  @Override
  public List<Leaf> leaves() {
    return tensors.leaves();
  }

  @Override
  public void open(NDManager manager, long step, int[] targets, int n) {
    for (Cluster cluster : clusters) {
      boolean isNeeded = cluster.first() == 0 || Arrays.stream(targets, 0, n).anyMatch(cluster::has);
      for (Leaf leaf : cluster.leaves()) {
        if (isNeeded) {
          leaf.openWhole(manager, true);
        } else {
          leaf.openNone();
        }
      }
    }
  }

  @Override
  public NDArray loss(NDArray hidden, int[] targets) {
    List<Leaf> head = clusters.getFirst().leaves();
    NDArray loss = loss(hidden, head.get(0), head.get(1), headEntries(targets));
    for (Cluster tail : tails()) {
      int[] places = tail.places(targets);
      if (places.length > 0) {
        List<Leaf> leaves = tail.leaves();
        NDArray reduced = take(hidden, places).matMul(leaves.get(0).array().transpose());
        loss = loss.add(loss(reduced, leaves.get(1), leaves.get(2), tail.entries(targets, places)));
      }
    }
    return loss;
  }

  private static NDArray loss(NDArray hidden, Leaf table, Leaf bias, int[] entries) {
    return Softmax.crossEntropy(hidden, table.array(), bias.array(), entries);
  }

  /** Rows of a tensor, differentiable. */
  private static NDArray take(NDArray hidden, int[] places) {
    return hidden.getNDArrayInternal().embedding(hidden.getManager().create(places), hidden, SparseFormat.DENSE)
        .singletonOrThrow();
  }

  @Override
  public double[] crossEntropies(NDArray hidden, int[] targets, ExactSoftmax exact) {
    Cluster head = clusters.getFirst();
    double[] losses =
        exact.crossEntropies(hidden, head.fromEnd(2).table(), head.fromEnd(1).table(), headEntries(targets));
    for (Cluster tail : tails()) {
      int[] places = tail.places(targets);
      if (places.length > 0) {
        Weight projection = tail.fromEnd(3);
        NDArray matrix =
            EngineMemory.tensor(hidden.getManager(), projection.table().data(), projection.shape()).transpose();
        double[] inTail = exact.crossEntropies(take(hidden, places).matMul(matrix), tail.fromEnd(2).table(),
            tail.fromEnd(1).table(), tail.entries(targets, places));
        for (int i = 0; i < places.length; i++) {
          losses[places[i]] += inTail[i];
        }
      }
    }
    return losses;
  }
}
