/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import dev.sublinear.gradient.Gradient;
import java.util.List;

/** A model as a training loop sees it, after its own forward and backward pass. Not thread-safe. */
public sealed interface TrainedModel extends AutoCloseable permits LanguageModel, TranslationModel, ImageModel {
  /** All weights in a fixed order. */
  List<Weight> weights();

  /** The gradients of {@link #weights}, in their order; valid until {@link #endStep}. */
  List<Gradient> gradients();

  /** Frees what the step holds in the engine. */
  void endStep();

  @Override
  void close();
}
