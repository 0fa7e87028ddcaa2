/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.step;

import dev.sublinear.gradient.RowTable;
import dev.sublinear.rule.MatrixRule;
import dev.sublinear.rule.MatrixRules;
import java.lang.foreign.Arena;

/**
 * A rule of whole tensors: {@code s-shampoo:rank=64:statistics=10:roots=10}.
 *
 * @param rule the rule
 */
public record MatrixSpec(MatrixRule rule) implements StepSpec {
  /**
   * Reads {@code NAME[:KEY=VALUE]...}.
   *
   * @throws IllegalArgumentException with one line naming what is wrong and what is legal
   */
  public static MatrixSpec parse(String text) {
    String[] parts = text.strip().split("\\s+", 2);
    MatrixRule rule = MatrixRules.parse(parts[0]);
    if (parts.length > 1) {
      throw new IllegalArgumentException(rule.name() + " has no slots, got '" + parts[1] + "'");
    }
    return new MatrixSpec(rule);
  }

  @Override
  public float defaultLearningRate() {
    return rule.defaultLearningRate();
  }

  @Override
  public long bytes(long... shape) {
    return rule.bytes(shape);
  }

  @Override
  public long denseBytes(long... shape) {
    return rule.denseBytes(shape);
  }

  @Override
  public long workspaceBytes(long... shape) {
    return rule.workspaceBytes(shape);
  }

  @Override
  public MatrixOptimizer bind(RowTable parameters, long seed, Arena arena, Workers workers) {
    return new MatrixOptimizer(this, parameters, arena, workers);
  }

  @Override
  public String toString() {
    return rule.toString();
  }
}
