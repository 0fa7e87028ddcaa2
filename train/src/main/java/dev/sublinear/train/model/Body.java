/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

/**
 * What a language model computes between its tables of words. While its tensors are open, several threads may run
 * {@link #forward} on states of their own.
 */
interface Body {
  /** The state before the first word of {@code batch} rows; empty where nothing is carried from window to window. */
  NDList zeroState(NDManager manager, int batch);

  /**
   * Runs the network on a window.
   *
   * @param input [batch x steps x embedding]
   * @param state what is carried over, cut off from the graph of earlier windows; replaced by that after the window,
   *     owned by {@code owner}
   * @param dropout what happens to the units at each site of {@link NetworkConfig#dropoutUnits}
   * @return [batch steps x output columns]
   */
  NDArray forward(NDArray input, NDList state, NDManager owner, Between dropout);

  /** A function applied to the units of a site. */
  interface Between {
    NDArray apply(NDArray x, int site);
  }
}
