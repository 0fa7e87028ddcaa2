/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import java.util.List;
import java.util.Map;

/** The shape of a language model between its tables of words. */
public sealed interface NetworkConfig permits LstmConfig, TransformerConfig {
  /** The name of the kind, as {@code --model} takes it. */
  String name();

  /** Columns of the input table. */
  int embedding();

  /** Columns of the output table. */
  int output();

  /** Whether input and output share one table. */
  boolean tied();

  /** The network's tensors, tables of words not among them, in the order in which they are stored. */
  List<TensorSpec> tensors();

  /** The most steps that a window of training may have. */
  int maxSteps();

  /** Steps of a window when a text is scored. */
  int evaluationSteps();

  /** Probability of dropping a unit, in [0, 1). */
  double dropout();

  /** For each place of dropout, the units of a window of {@code steps} steps of one row of text. */
  List<Long> dropoutUnits(int steps);

  /** Numbers of a training step that the backward pass waits for, at least; tables of words not counted. */
  long activations(long batch, long steps);

  /** The sizes and options, as reports show them. */
  Map<String, Object> settings();
}
