/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.pytorch.jni.JniUtils;

/** What holds for every thread that calls the engine. */
final class EngineThread {
  private EngineThread() {}

  /**
   * Makes the calling thread like all others: operations on one thread, and no recording for gradients.
   *
   * <p>The engine applies its number of threads to a thread when that thread first asks, so every thread must; and it
   * turns recording off on the thread that loaded it alone, where on others an LSTM would take another path, with other
   * bits, even if nothing asks for gradients.
   *
   * @throws IllegalStateException if it runs operations on several threads, because their sums would depend on that
   */
  static void prepare() {
    int threads = JniUtils.getNumThreads();
    if (threads != 1) {
      throw new IllegalStateException("the engine runs " + threads + " threads, and its sums would depend on that:"
          + " start Java with -Dai.djl.pytorch.num_threads=1 -Dai.djl.pytorch.num_interop_threads=1");
    }
    JniUtils.setGradMode(false);
  }
}
