/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The shape of a translation model; {@link EncoderDecoder} says what it computes.
 *
 * <p>Parameters between the tables of words, with d = width, f = feedForward and w = longest:
 * layers (12 d^2 + 4 d f + 24 d + 2 f) + 4 d + 2 w d. Tables: (S + 2 T + 1) d + T for S source and T target words.
 *
 * @param width columns of the tables of words and of every layer
 * @param layers layers of the encoder, and as many of the decoder
 * @param heads heads of attention of a layer; they divide {@code width}
 * @param feedForward hidden units of the feed-forward part of a layer
 * @param longest most words of a sentence, {@code <eos>} counted
 */
public record TranslationConfig(int width, int layers, int heads, int feedForward, int longest) {
  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the value and what is legal
   */
  public TranslationConfig {
    Ranges.positive("width", width);
    Ranges.positive("layers", layers);
    Ranges.positive("heads", heads);
    Ranges.positive("feed-forward", feedForward);
    Ranges.positive("longest", longest);
    if (width % heads != 0) {
      throw new IllegalArgumentException("heads " + heads + ": must divide width " + width);
    }
  }

  /** The tables of words: source, target as the decoder reads it, target as it is predicted; then its bias. */
  List<TensorSpec> tables(int sourceWords, int targetWords) {
    return List.of(table("source.table", "source table", sourceWords),
        table("target.table", "target table", targetWords + 1),
        table("output.table", "output table", targetWords),
        new TensorSpec("output.bias", "output bias", new Shape(targetWords, 1), false, Initial.ZERO));
  }

  private TensorSpec table(String name, String component, long rows) {
    return new TensorSpec(name, component, new Shape(rows, width), true, Initial.WIDE);
  }

  /** All other tensors, in the order in which they are stored. */
  List<TensorSpec> tensors() {
    List<TensorSpec> tensors = new ArrayList<>();
    tensors.add(TransformerParts.tensor("encoder.positions", Initial.WIDE, longest, width));
    for (int layer = 0; layer < layers; layer++) {
      String name = "encoder." + layer + ".";
      tensors.addAll(TransformerParts.selfAttention(name, width));
      tensors.addAll(TransformerParts.feedForward(name, width, feedForward));
    }
    tensors.addAll(TransformerParts.norm("encoder.norm", width));
    tensors.add(TransformerParts.tensor("decoder.positions", Initial.WIDE, longest, width));
    for (int layer = 0; layer < layers; layer++) {
      String name = "decoder." + layer + ".";
      tensors.addAll(TransformerParts.selfAttention(name, width));
      tensors.addAll(TransformerParts.norm(name + "source.norm", width));
      tensors.addAll(TransformerParts.linear(name + "source.query", width, width));
      tensors.addAll(TransformerParts.linear(name + "source.keys-values", 2L * width, width));
      tensors.addAll(TransformerParts.linear(name + "source.output", width, width));
      tensors.addAll(TransformerParts.feedForward(name, width, feedForward));
    }
    tensors.addAll(TransformerParts.norm("decoder.norm", width));
    return tensors;
  }

  /** The sizes, as reports show them. */
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("width", width);
    settings.put("layers", layers);
    settings.put("heads", heads);
    settings.put("feedForward", feedForward);
    settings.put("longest", longest);
    return settings;
  }
}
