/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.train.model.LstmConfig;
import dev.sublinear.train.report.ByteSize;
import java.util.Comparator;

/** Checks that a run fits the machine before anything large is allocated. */
final class LmMemory {
  private LmMemory() {}

  /**
   * Refuses a run whose parameters, optimizer state and table gradients exceed {@code available} bytes.
   *
   * @throws IllegalArgumentException naming the bytes needed, the bytes there, and the layout that would fit
   */
  static void check(LmOptions options, int words, long available) {
    OptimizerSpec tables = options.optimization().tables();
    long needed = bytes(options, tables, words);
    if (needed <= available) {
      return;
    }
    String remedy = OptimizerSpec.legal(tables.rule()).stream()
        .filter(spec -> bytes(options, spec, words) <= available)
        .max(Comparator.comparingLong(spec -> bytes(options, spec, words)))
        .map(spec -> "--state " + spec.state() + " would fit with " + text(bytes(options, spec, words)))
        .orElse("no layout of " + tables.rule().name() + " would fit");
    throw new IllegalArgumentException("the training needs " + text(needed) + ", this machine has " + text(available)
        + "; " + remedy);
  }

  /** Bytes of weights, state and, with the full softmax, the gradient of the output table. */
  static long bytes(LmOptions options, OptimizerSpec tables, int words) {
    LstmConfig network = options.network();
    long output = 4L * words * network.output();
    long bytes = output + tables.bytes(words, network.output());
    if (!network.tied()) {
      bytes += 4L * words * network.embedding() + tables.bytes(words, network.embedding());
    }
    return options.samples() == 0 ? bytes + output : bytes;
  }

  private static String text(long bytes) {
    return bytes + " bytes (" + ByteSize.format(bytes) + ")";
  }
}
