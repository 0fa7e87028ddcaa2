/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

import dev.sublinear.gradient.RowTable;
import dev.sublinear.kernel.Workspace;
import dev.sublinear.layout.Term;
import java.lang.foreign.Arena;

/**
 * An update rule of whole tensors, whose state does not belong to single elements: an immutable record of
 * hyper-parameters, as {@link UpdateRule} is for the others.
 *
 * <p>Implementations are services: {@link MatrixRules} finds them by {@link java.util.ServiceLoader}, made by their
 * public constructor without arguments, which has every option at its default. The text form ({@code toString}) is the
 * one that {@link MatrixRules#parse} reads. Thread-safe.
 */
public interface MatrixRule {
  /** The registered name, for example {@code shampoo}. */
  String name();

  /** The keys that {@link #read} knows with their values, for lists of rules: {@code rank=64 eps=1.0E-7}. */
  String options();

  /**
   * The rule with the options of a term; those that are not given are as in this one.
   *
   * @throws IllegalArgumentException naming the value and what is legal
   */
  MatrixRule read(Term term);

  /** A learning rate to start from, tuned on the default corpus; what suits depends on the model and the data. */
  float defaultLearningRate();

  /** The exact bytes of all state kept between steps for a tensor of this shape; allocates nothing. */
  long bytes(long... shape);

  /** The bytes of the same rule without compression: what {@link #bytes} is measured against. */
  long denseBytes(long... shape);

  /** The bytes of {@link Workspace} that a step of a tensor of this shape needs. */
  long workspaceBytes(long... shape);

  /**
   * Allocates the state of a tensor.
   *
   * @param parameters the tensor
   * @param arena owner of the state's memory
   * @param workspace working memory, shared with other tensors; grown to what this one needs
   * @throws IllegalArgumentException if the rule cannot hold the tensor's shape
   */
  MatrixStep newStep(RowTable parameters, Arena arena, Workspace workspace);
}
