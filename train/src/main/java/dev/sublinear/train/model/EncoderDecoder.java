/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * An encoder and a decoder of Transformer layers (Vaswani et al., 2017) that normalise before they compute (Xiong et
 * al., 2020).
 *
 * <p>Encoder: x = words + positions; per layer x = x + attention(norm(x)), then x = x + feed-forward(norm(x)); at the
 * end norm(x). Decoder: the same with attention to the words up to this one, and between the two parts
 * x = x + attention(norm(x), to what the encoder made of the source). What stands behind the end of a source sentence
 * is seen by nobody; what stands behind that of a target sentence is seen by no word of it. Positions are learned.
 * {@link TransformerParts} says what the parts compute. While its tensors are open, several threads may use it.
 */
final class EncoderDecoder {
  private final TranslationConfig config;
  private final Tensors tensors;
  private final TransformerParts parts;
  private final MemorySegment causal;

  EncoderDecoder(TranslationConfig config, Tensors tensors, Arena arena) {
    this.config = config;
    this.tensors = tensors;
    parts = new TransformerParts(tensors, config.width(), config.heads());
    causal = TransformerParts.causalMask(config.longest(), arena);
  }

  /**
   * What the decoder sees of the source sentences.
   *
   * @param keysValues for each layer of the decoder, [2 x rows heads x steps x columns of a head]
   * @param mask [rows heads x 1 x steps]: what is added to the scores of source words
   */
  record Source(List<NDArray> keysValues, NDArray mask) {}

  /**
   * Reads source sentences.
   *
   * @param words [rows x steps x width]
   * @param lengths of the sentences; the other words of a row are padding
   */
  Source encode(NDArray words, int[] lengths) {
    NDArray mask = mask(words.getManager(), lengths, (int) words.getShape().get(1));
    NDArray x = placed(words, "encoder.positions");
    for (int layer = 0; layer < config.layers(); layer++) {
      x = layer(x, "encoder." + layer + ".", mask);
      x = x.add(parts.feedForward(x, "encoder." + layer + "."));
    }
    NDArray read = parts.norm(x, "encoder.norm");
    List<NDArray> keysValues = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      keysValues.add(parts.split(read, "decoder." + layer + ".source.keys-values", 2));
    }
    return new Source(keysValues, mask);
  }

  /**
   * The units from which the word after each word is predicted, [rows steps x width].
   *
   * @param words of the target sentences from their beginning, [rows x steps x width]
   * @param source what they translate
   */
  NDArray decode(NDArray words, Source source) {
    long steps = words.getShape().get(1);
    Shape square = new Shape(config.longest(), config.longest());
    NDArray mask = EngineMemory.tensor(words.getManager(), causal, square)
        .get(new NDIndex().addSliceDim(0, steps).addSliceDim(0, steps));
    NDArray x = placed(words, "decoder.positions");
    for (int layer = 0; layer < config.layers(); layer++) {
      String name = "decoder." + layer + ".";
      x = layer(x, name, mask);
      NDArray queries = parts.split(parts.norm(x, name + "source.norm"), name + "source.query", 1).get(0);
      NDArray keysValues = source.keysValues().get(layer);
      NDArray seen =
          parts.attend(queries, keysValues.get(0), keysValues.get(1), source.mask(), UnaryOperator.identity());
      x = x.add(parts.linear(seen, name + "source.output"));
      x = x.add(parts.feedForward(x, name));
    }
    return parts.norm(x, "decoder.norm").reshape(-1, config.width());
  }

  private NDArray placed(NDArray words, String positions) {
    return words.add(tensors.get(positions).get(new NDIndex().addSliceDim(0, words.getShape().get(1))));
  }

  /** x and what attention to the words of the same text adds. */
  private NDArray layer(NDArray x, String name, NDArray mask) {
    NDArray split = parts.split(parts.norm(x, name + "attention.norm"), name + "attention.qkv", 3);
    NDArray seen = parts.attend(split.get(0), split.get(1), split.get(2), mask, UnaryOperator.identity());
    return x.add(parts.linear(seen, name + "attention.output"));
  }

  private NDArray mask(NDManager manager, int[] lengths, int steps) {
    int heads = config.heads();
    float[] mask = new float[lengths.length * heads * steps];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = i % steps < lengths[i / (heads * steps)] ? 0 : TransformerParts.MASKED;
    }
    return manager.create(mask, new Shape((long) lengths.length * heads, 1, steps));
  }
}
