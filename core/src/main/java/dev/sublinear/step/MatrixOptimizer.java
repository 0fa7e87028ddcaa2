/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.step;

import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.Gradient;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.layout.StateArray;
import dev.sublinear.rule.MatrixStep;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * A rule of whole tensors, bound to one tensor.
 *
 * <p>A step runs on the calling thread, in working memory that all matrix optimizers with the same {@link Workers}
 * share. Bytes: {@link MatrixSpec#bytes}. Not thread-safe: one step at a time.
 */
public final class MatrixOptimizer implements Optimizer {
  private final MatrixSpec spec;
  private final RowTable parameters;
  private final MatrixStep rule;
  private long step;

  /**
   * Allocates the state.
   *
   * @param spec the rule
   * @param parameters the tensor that {@link #step} updates
   * @param arena owner of the state's memory
   * @param workers owner of the working memory
   * @throws IllegalArgumentException if the rule cannot hold the tensor's shape
   */
  public MatrixOptimizer(MatrixSpec spec, RowTable parameters, Arena arena, Workers workers) {
    this.spec = spec;
    this.parameters = parameters;
    rule = spec.rule().newStep(parameters, arena, workers.workspace());
  }

  /**
   * Makes one step.
   *
   * @throws IllegalArgumentException if the gradient has another shape or is sparse; nothing has changed then
   */
  @Override
  public void step(Gradient gradient, float learningRate) {
    parameters.requireFits(gradient);
    if (!(gradient instanceof DenseRows)) {
      throw new IllegalArgumentException("sparse gradient of " + gradient.count() + " rows: " + spec.rule().name()
          + " steps whole tensors; give it DenseRows, or the table a rule with rows");
    }
    step++;
    rule.apply(step, gradient.values(), learningRate);
  }

  @Override
  public MatrixSpec spec() {
    return spec;
  }

  @Override
  public RowTable parameters() {
    return parameters;
  }

  @Override
  public long steps() {
    return step;
  }

  /** How often the state was not brought up to date because a decomposition failed or its input was not finite. */
  public long failures() {
    return rule.failures();
  }

  @Override
  public List<StateArray> arrays() {
    return rule.arrays();
  }

  @Override
  public void resumeAt(long steps) {
    step = steps;
  }
}
