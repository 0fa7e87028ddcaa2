/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import dev.sublinear.layout.Dense;
import dev.sublinear.layout.StateLayout;
import dev.sublinear.step.OptimizerSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What every legal choice of layouts of a rule costs for one table; the content of {@code plan --json}.
 *
 * @param rows rows of the table
 * @param cols columns of the table
 * @param optimizer the rule
 * @param parameters the table itself
 * @param machine this machine
 * @param layouts one entry per choice of layouts
 */
record StatePlan(long rows, long cols, String optimizer, Bytes parameters, Machine machine, List<Choice> layouts) {
  /**
   * The table itself.
   *
   * @param bytes of its float32 elements
   */
  record Bytes(long bytes) {}

  /**
   * This machine.
   *
   * @param memoryBytes its memory
   */
  record Machine(long memoryBytes) {}

  /**
   * One choice of layouts.
   *
   * @param state the slots as {@code --state} takes them
   * @param slots the layout of each slot
   * @param optimizerStateBytes exact bytes of the state arrays; null if a layout cannot hold the table
   * @param denseFraction of the bytes that dense layouts take; null where they take none, or too many for a long
   * @param totalBytes of parameters and state
   * @param fits whether the total fits this machine's memory
   * @param reason why a layout cannot hold the table; null if it can
   */
  record Choice(String state, Map<String, String> slots, @Nullable Long optimizerStateBytes,
      @Nullable Double denseFraction, @Nullable Long totalBytes, boolean fits, @Nullable String reason) {}

  /**
   * The plan of a table: the layouts asked for, then all other legal choices; allocates nothing large.
   *
   * @throws IllegalArgumentException if there is no row or column, or the bytes of the parameters exceed a long
   */
  static StatePlan of(OptimizerSpec asked, long rows, long cols, long memory) {
    if (rows < 1 || cols < 1) {
      throw new IllegalArgumentException("--rows " + rows + " --cols " + cols + ": both must be >= 1");
    }
    List<OptimizerSpec> specs = new ArrayList<>(OptimizerSpec.legal(asked.rule()));
    specs.remove(asked);
    specs.addFirst(asked);
    long[] shape = {rows, cols};
    try {
      long parameters = new Dense().bytes(shape);
      Long dense = denseBytes(asked, shape);
      List<Choice> choices = new ArrayList<>();
      for (OptimizerSpec spec : specs) {
        choices.add(choice(spec, shape, parameters, dense, memory));
      }
      return new StatePlan(rows, cols, asked.rule().toString(), new Bytes(parameters), new Machine(memory), choices);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("--rows " + rows + " --cols " + cols
          + ": the parameters exceed 2^63 - 1 bytes", e);
    }
  }

  /** Bytes of the rule's state with dense layouts; null if there are none, or too many for a long. */
  private static @Nullable Long denseBytes(OptimizerSpec asked, long... shape) {
    try {
      long bytes = OptimizerSpec.dense(asked.rule()).bytes(shape);
      return bytes == 0 ? null : bytes;
    } catch (ArithmeticException e) {
      return null;
    }
  }

  private static Choice choice(OptimizerSpec spec, long[] shape, long parameters, @Nullable Long dense, long memory) {
    Map<String, String> slots = new LinkedHashMap<>();
    for (int k = 0; k < spec.layouts().size(); k++) {
      StateLayout layout = spec.layouts().get(k);
      slots.put(spec.rule().slots().get(k).name(), layout.toString());
    }
    try {
      long bytes = spec.bytes(shape);
      long total = Math.addExact(parameters, bytes);
      Double fraction = dense == null ? null : (double) bytes / dense;
      return new Choice(spec.state(), slots, bytes, fraction, total, total <= memory, null);
    } catch (IllegalArgumentException e) {
      return new Choice(spec.state(), slots, null, null, null, false, e.getMessage());
    } catch (ArithmeticException e) {
      return new Choice(spec.state(), slots, null, null, null, false,
          "parameters and state exceed 2^63 - 1 bytes");
    }
  }
}
