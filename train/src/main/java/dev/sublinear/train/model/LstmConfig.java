/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import java.util.LinkedHashMap;
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
public record LstmConfig(int embedding, int hidden, int layers, int projection, double dropout, boolean tied) {
  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the value and what is legal
   */
  public LstmConfig {
    positive("embedding", embedding);
    positive("hidden", hidden);
    if (layers != 1 && layers != 2) {
      throw new IllegalArgumentException("layers " + layers + ": must be 1 or 2");
    }
    if (projection < 0) {
      throw new IllegalArgumentException("projection " + projection + ": must be >= 1, or 0 for none");
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout " + dropout + ": must be in [0, 1)");
    }
    int output = projection == 0 ? hidden : projection;
    if (tied && embedding != output) {
      throw new IllegalArgumentException("tied tables need equal columns: embedding " + embedding + ", output " + output
          + "; set projection " + embedding);
    }
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + ": must be >= 1");
    }
  }

  /** Columns of the output table. */
  public int output() {
    return projection == 0 ? hidden : projection;
  }

  /** The dimensions of the LSTM's and the projection's tensors by name, in the order in which they are stored. */
  public Map<String, long[]> tensors() {
    Map<String, long[]> tensors = new LinkedHashMap<>();
    long gates = 4L * hidden;
    for (int layer = 0; layer < layers; layer++) {
      tensors.put("lstm.weight_ih_l" + layer, new long[] {gates, layer == 0 ? embedding : hidden});
      tensors.put("lstm.weight_hh_l" + layer, new long[] {gates, hidden});
      tensors.put("lstm.bias_ih_l" + layer, new long[] {gates});
      tensors.put("lstm.bias_hh_l" + layer, new long[] {gates});
    }
    if (projection > 0) {
      tensors.put("projection.weight", new long[] {projection, hidden});
    }
    return tensors;
  }
}
