/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The shape of an LSTM language model.
 *
 * @param embedding columns of the input table
 * @param hidden units of each LSTM layer
 * @param layers number of LSTM layers, 1 or 2
 * @param projection columns of the output table; 0 for none, and then they are {@code hidden}
 * @param dropout probability of dropping an input of the LSTM, a unit between layers or an output, in [0, 1)
 * @param tied whether input and output share one table
 */
public record LstmConfig(int embedding, int hidden, int layers, int projection, double dropout, boolean tied)
    implements
      NetworkConfig {
  private static final int EVALUATION_STEPS = 50;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the value and what is legal
   */
  public LstmConfig {
    Ranges.positive("embedding", embedding);
    Ranges.positive("hidden", hidden);
    if (layers != 1 && layers != 2) {
      throw new IllegalArgumentException("layers " + layers + ": must be 1 or 2");
    }
    if (projection < 0) {
      throw new IllegalArgumentException("projection " + projection + ": must be >= 1, or 0 for none");
    }
    Ranges.dropout(dropout);
    int output = projection == 0 ? hidden : projection;
    if (tied && embedding != output) {
      throw new IllegalArgumentException("tied tables need equal columns: embedding " + embedding + ", output " + output
          + "; set projection " + embedding);
    }
  }

  @Override
  public String name() {
    return "lstm";
  }

  @Override
  public int output() {
    return projection == 0 ? hidden : projection;
  }

  @Override
  public List<TensorSpec> tensors() {
    List<TensorSpec> tensors = new ArrayList<>();
    long gates = 4L * hidden;
    for (int layer = 0; layer < layers; layer++) {
      tensors.add(tensor("lstm.weight_ih_l" + layer, gates, layer == 0 ? embedding : hidden));
      tensors.add(tensor("lstm.weight_hh_l" + layer, gates, hidden));
      tensors.add(tensor("lstm.bias_ih_l" + layer, gates));
      tensors.add(tensor("lstm.bias_hh_l" + layer, gates));
    }
    if (projection > 0) {
      tensors.add(tensor("projection.weight", projection, hidden));
    }
    return tensors;
  }

  private static TensorSpec tensor(String name, long... dimensions) {
    return new TensorSpec(name, "LSTM and projection", new Shape(dimensions), false, Initial.WIDE);
  }

  @Override
  public int maxSteps() {
    return Integer.MAX_VALUE;
  }

  /** 50; the state is carried over, so their number does not show in the score. */
  @Override
  public int evaluationSteps() {
    return EVALUATION_STEPS;
  }

  /** The inputs of the first layer, then the outputs of each. */
  @Override
  public List<Long> dropoutUnits(int steps) {
    List<Long> units = new ArrayList<>(List.of((long) steps * embedding));
    for (int layer = 0; layer < layers; layer++) {
      units.add((long) steps * hidden);
    }
    return units;
  }

  /** Not counted: 0. */
  @Override
  public long activations(long batch, long steps) {
    return 0;
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("embedding", embedding);
    settings.put("hidden", hidden);
    settings.put("layers", layers);
    settings.put("projection", projection);
    settings.put("dropout", dropout);
    settings.put("tied", tied);
    return settings;
  }
}
