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

  /**
   * The head or a tail: the words of [first, end).
   *
   * @param weights a table, a bias and, in a tail, a projection
   * @param leaves of the weights
   */
  private record Cluster(int first, int end, List<Weight> weights, List<Leaf> leaves) {
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
      int from = k == 0 ? 0 : 3 * k - 1; // the head has two weights
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
    NDArray loss = loss(hidden, clusters.getFirst(), headEntries(targets));
    for (Cluster tail : tails()) {
      int[] places = tail.places(targets);
      if (places.length > 0) {
        NDArray reduced = take(hidden, places).matMul(tail.leaves().get(2).array().transpose());
        loss = loss.add(loss(reduced, tail, tail.entries(targets, places)));
      }
    }
    return loss;
  }

  private static NDArray loss(NDArray hidden, Cluster cluster, int[] entries) {
    return Softmax.crossEntropy(hidden, cluster.leaves().get(0).array(), cluster.leaves().get(1).array(), entries);
  }

  /** Rows of a tensor, differentiable. */
  private static NDArray take(NDArray hidden, int[] places) {
    return hidden.getNDArrayInternal().embedding(hidden.getManager().create(places), hidden, SparseFormat.DENSE)
        .singletonOrThrow();
  }

  @Override
  public double[] crossEntropies(NDArray hidden, int[] targets, ExactSoftmax exact) {
    double[] losses = crossEntropies(hidden, clusters.getFirst(), headEntries(targets), exact);
    for (Cluster tail : tails()) {
      int[] places = tail.places(targets);
      if (places.length > 0) {
        Weight projection = tail.weights().get(2);
        NDArray matrix = EngineMemory.tensor(hidden.getManager(), projection.table().data(), projection.shape());
        NDArray reduced = take(hidden, places).matMul(matrix.transpose());
        double[] inTail = crossEntropies(reduced, tail, tail.entries(targets, places), exact);
        for (int i = 0; i < places.length; i++) {
          losses[places[i]] += inTail[i];
        }
      }
    }
    return losses;
  }

  private static double[] crossEntropies(NDArray hidden, Cluster cluster, int[] entries, ExactSoftmax exact) {
    return exact.crossEntropies(hidden, cluster.weights().get(0).table(), cluster.weights().get(1).table(), entries);
  }
}
