/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.pytorch.jni.JniUtils;

/** What holds for every thread that calls the engine. */
final class EngineThread {
  private EngineThread() {}

  /**
   * Refuses an engine that would split one operation among threads, because its sums would depend on their number.
   *
   * <p>The engine applies its setting to a thread when that thread first asks, so every thread must.
   *
   * @throws IllegalStateException if it runs operations on several threads
   */
  static void requireSingle() {
    int threads = JniUtils.getNumThreads();
    if (threads != 1) {
      throw new IllegalStateException("the engine runs " + threads + " threads, and its sums would depend on that:"
          + " start Java with -Dai.djl.pytorch.num_threads=1 -Dai.djl.pytorch.num_interop_threads=1");
    }
  }
}
