/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import dev.sublinear.layout.Dense;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.train.model.LstmConfig;
import dev.sublinear.train.report.ByteSize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Checks that a run fits the machine before anything large is allocated. */
final class LmMemory {
  private LmMemory() {}

  /**
   * Refuses a run whose parameters, optimizer state and dense gradients exceed {@code available} bytes.
   *
   * @throws IllegalArgumentException naming the bytes needed, the bytes there, and the layout that would fit; or if a
   *     layout cannot hold a tensor
   */
  static void check(LmOptions options, int words, long available) {
    OptimizerSpec tables = options.optimization().tables();
    long needed = bytes(options, tables, words);
    if (needed <= available) {
      return;
    }
    String remedy = OptimizerSpec.legal(tables.rule()).stream()
        .filter(spec -> fits(options, spec, words, available))
        .max(Comparator.comparingLong(spec -> bytes(options, spec, words)))
        .map(spec -> "--state " + spec.state() + " would fit with " + text(bytes(options, spec, words)))
        .orElse("no layout of " + tables.rule().name() + " would fit");
    throw new IllegalArgumentException("the training needs " + text(needed) + ", this machine has " + text(available)
        + "; " + remedy);
  }

  private static boolean fits(LmOptions options, OptimizerSpec tables, int words, long available) {
    try {
      return bytes(options, tables, words) <= available;
    } catch (IllegalArgumentException e) {
      return false; // a sketch too small for so few words
    }
  }

  /** Bytes of weights, optimizer state and the gradients of what is updated densely; at most {@code Long.MAX_VALUE}. */
  static long bytes(LmOptions options, OptimizerSpec tables, int words) {
    LstmConfig network = options.network();
    List<long[]> shapes = new ArrayList<>();
    shapes.add(new long[] {words, network.output()});
    if (!network.tied()) {
      shapes.add(new long[] {words, network.embedding()});
    }
    int tableCount = shapes.size();
    shapes.add(new long[] {words, 1});
    shapes.addAll(network.tensors().values());
    try {
      long bytes = 0;
      for (int i = 0; i < shapes.size(); i++) {
        boolean isTable = i < tableCount;
        boolean isDense = !isTable || i == 0 && options.samples() == 0;
        long weights = new Dense().bytes(shapes.get(i));
        OptimizerSpec spec = isTable ? tables : options.optimization().others();
        bytes = Math.addExact(bytes, Math.addExact(isDense ? Math.multiplyExact(2, weights) : weights,
            spec.bytes(shapes.get(i))));
      }
      return bytes;
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }

  private static String text(long bytes) {
    return bytes == Long.MAX_VALUE ? "more than 2^63 bytes" : bytes + " bytes (" + ByteSize.format(bytes) + ")";
  }
}
