/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import dev.sublinear.layout.Dense;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.StepSpec;
import dev.sublinear.train.model.NetworkConfig;
import dev.sublinear.train.model.TensorSpec;
import dev.sublinear.train.report.ByteSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Checks that a run fits the machine before anything large is allocated. */
final class LmMemory {
  private LmMemory() {}

  /**
   * Refuses a run whose parameters, optimizer state, dense gradients, logits and gathered rows exceed
   * {@code available} bytes.
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

  /**
   * Bytes of weights, optimizer state, the gradients of what is updated densely (one of each half of the batch), the
   * logits and the rows gathered from the tables, each with its gradient; of what a Transformer keeps for its backward
   * pass; of the working memory of rules of whole tensors; and of a probe. At most {@code Long.MAX_VALUE}; the rest of
   * what a step needs is not counted.
   */
  static long bytes(LmOptions options, OptimizerSpec tables, int words) {
    NetworkConfig network = options.network();
    List<TensorSpec> tensors = new ArrayList<>(options.softmax().tensors(network, words));
    TensorSpec input = tensors.getFirst();
    tensors.addAll(network.tensors());
    boolean opensAll = options.softmax().touchedRows(1) == 0;
    try {
      long bytes = 0;
      long workspace = 0;
      for (TensorSpec tensor : tensors) {
        boolean isDense = !tensor.isTable() || (opensAll && (network.tied() || !tensor.equals(input)));
        StepSpec spec = tensor.isTable() ? tables : options.optimization().of(tensor);
        bytes = Math.addExact(bytes, tensor(tensor.name(), spec, isDense, tensor.shape().getShape()));
        workspace = Math.max(workspace, spec.workspaceBytes(tensor.shape().getShape()));
        if (tensor.isTable()) {
          bytes = Math.addExact(bytes, probeBytes(options.length().probe(), tables, tensor.shape().getShape()));
        }
      }
      return Math.addExact(Math.addExact(bytes, workspace), stepBytes(options, words));
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }

  /** Bytes of a tensor, of its state and, if it is updated densely, of its gradient. */
  static long tensor(String name, StepSpec spec, boolean isDense, long... shape) {
    long weights = new Dense().bytes(shape);
    try {
      return Math.addExact(isDense ? Math.multiplyExact(3, weights) : weights, spec.bytes(shape));
    } catch (IllegalArgumentException e) {
      String dimensions = Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(" x "));
      throw new IllegalArgumentException(spec + " on " + name + " [" + dimensions + "]: " + e.getMessage(), e);
    }
  }

  /** Exact moments of the probed rows, and the parameters and gradients that belong to them. */
  private static long probeBytes(int probe, OptimizerSpec tables, long... shape) {
    long tensors = tables.layouts().size() + 2L;
    return Math.multiplyExact(tensors, new Dense().bytes(Math.min(probe, shape[0]), shape[1]));
  }

  private static long stepBytes(LmOptions options, int words) {
    NetworkConfig network = options.network();
    long targets = (long) options.data().batch() * options.data().bptt();
    long logits = options.softmax().logits(targets, words);
    long inputs = network.tied() ? 0 : Math.multiplyExact(Math.min(words, targets), (long) network.embedding());
    long touched = options.softmax().touchedRows(targets) + (network.tied() ? targets : 0);
    long outputs = Math.multiplyExact(Math.min(words, touched), (long) network.output());
    long activations = network.activations(options.data().batch(), options.data().bptt());
    long floats =
        Math.addExact(Math.multiplyExact(2, Math.addExact(logits, Math.addExact(inputs, outputs))), activations);
    return Math.multiplyExact(Float.BYTES, floats);
  }

  /** Bytes as an error names them. */
  static String text(long bytes) {
    return bytes == Long.MAX_VALUE ? "more than 2^63 bytes" : bytes + " bytes (" + ByteSize.format(bytes) + ")";
  }
}
