/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import dev.sublinear.layout.Term;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The shape of a Transformer language model; {@link Transformer} says what it computes.
 *
 * <p>Parameters between the tables of words, with d = embedding and f = feedForward: layers (4 d^2 + 2 d f + 9 d + f)
 * + 2 d, and window d more for learned positions.
 *
 * @param embedding columns of the input table, of every layer and of the output table
 * @param layers number of layers, at least 1
 * @param heads heads of attention of a layer; they divide {@code embedding}
 * @param feedForward hidden units of the feed-forward part of a layer
 * @param positions how a word knows its place
 * @param window the most steps of a window; what lies before it is not seen
 * @param dropout probability of dropping a unit of the embedded words, an attention weight, or a unit of what a part
 *     of a layer adds, in [0, 1)
 * @param tied whether input and output share one table
 */
public record TransformerConfig(int embedding, int layers, int heads, int feedForward, Positions positions, int window,
    double dropout, boolean tied) implements NetworkConfig {
  /** How a word knows its place in the window. */
  public enum Positions {
    /** A vector for each place, learned, added to the embedded word (Vaswani et al., 2017). */
    LEARNED,
    /** Queries and keys are turned by angles that grow with the place (Su et al., 2021); no parameters. */
    ROTARY
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the value and what is legal
   */
  public TransformerConfig {
    Ranges.positive("embedding", embedding);
    Ranges.positive("layers", layers);
    Ranges.positive("heads", heads);
    Ranges.positive("feed-forward", feedForward);
    Ranges.positive("bptt", window);
    Ranges.dropout(dropout);
    if (embedding % heads != 0) {
      throw new IllegalArgumentException("heads " + heads + ": must divide embedding " + embedding);
    }
    if (positions == Positions.ROTARY && embedding / heads % 2 != 0) {
      throw new IllegalArgumentException(
          "heads " + heads + ": rotary positions need an even number of columns per head,"
              + " not " + embedding / heads + " of embedding " + embedding);
    }
  }

  @Override
  public String name() {
    return "transformer";
  }

  /** Columns of one head. */
  int headColumns() {
    return embedding / heads;
  }

  @Override
  public int output() {
    return embedding;
  }

  @Override
  public List<TensorSpec> tensors() {
    List<TensorSpec> tensors = new ArrayList<>();
    if (positions == Positions.LEARNED) {
      tensors.add(TransformerParts.tensor("transformer.positions", Initial.WIDE, window, embedding));
    }
    for (int layer = 0; layer < layers; layer++) {
      String name = "transformer." + layer + ".";
      tensors.addAll(TransformerParts.selfAttention(name, embedding));
      tensors.addAll(TransformerParts.feedForward(name, embedding, feedForward));
    }
    tensors.addAll(TransformerParts.norm("transformer.norm", embedding));
    return tensors;
  }

  @Override
  public int maxSteps() {
    return window;
  }

  /** The window: a Transformer carries no state, so the first words of each window are predicted from few. */
  @Override
  public int evaluationSteps() {
    return window;
  }

  /**
   * The embedded words; then per layer the attention weights, what attention adds and what the feed-forward part adds.
   */
  @Override
  public List<Long> dropoutUnits(int steps) {
    long words = (long) steps * embedding;
    List<Long> units = new ArrayList<>(List.of(words));
    for (int layer = 0; layer < layers; layer++) {
      units.addAll(List.of((long) heads * steps * steps, words, words));
    }
    return units;
  }

  /** Per layer: attention weights, inner units before and after GELU, eight tensors of the width of the model. */
  @Override
  public long activations(long batch, long steps) {
    long perWord = Math.addExact(Math.multiplyExact((long) heads, steps), 2L * feedForward + 8L * embedding);
    return Math.multiplyExact((long) layers, Math.multiplyExact(Math.multiplyExact(batch, steps), perWord));
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("embedding", embedding);
    settings.put("layers", layers);
    settings.put("heads", heads);
    settings.put("feedForward", feedForward);
    settings.put("positions", Term.lower(positions));
    settings.put("dropout", dropout);
    settings.put("tied", tied);
    return settings;
  }
}
