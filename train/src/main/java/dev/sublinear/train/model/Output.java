/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * The tensors between the network and the probabilities of words. After {@link #open}, several threads may ask for the
 * {@link #loss} of targets.
 */
interface Output {
  List<Weight> weights();

  /** In the order of {@link #weights}. */
  List<Leaf> leaves();

  /** Opens, with gradients, what the first {@code n} targets of a step need. */
  void open(NDManager manager, long step, int[] targets, int n);

  /** The sum of the training losses of {@code targets}, in nats, given [targets x columns]; recorded. */
  NDArray loss(NDArray hidden, int[] targets);

  /** The cross-entropies of {@code targets} over all words, in nats, given [targets x columns]; not recorded. */
  double[] crossEntropies(NDArray hidden, int[] targets, ExactSoftmax exact);
}
