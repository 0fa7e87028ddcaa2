/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What the layers of all Transformers are made of: linear maps, norms, the feed-forward part and attention, each by the
 * names of its tensors.
 *
 * <p>Attention, per head of c columns: softmax(q k' / sqrt(c) + mask) v, all heads side by side. GELU is the exact one
 * (Hendrycks, Gimpel, 2016), by the error function; the norm is layer normalisation (Ba, Kiros, Hinton, 2016) with
 * epsilon 1e-5.
 *
 * @param tensors open while the parts are used
 * @param width columns of every layer
 * @param heads heads of attention; they divide the width
 */
record TransformerParts(Tensors tensors, int width, int heads) {
  /** Added to a score of what must not be seen: far below any score, so that its exponential is 0. */
  static final float MASKED = -1e9f;

  private static final float EPSILON = 1e-5f;
  private static final Initial ONE = Initial.constant(1);

  /** The tensors of a norm. */
  static List<TensorSpec> norm(String name, long columns) {
    return List.of(tensor(name + ".weight", ONE, columns), tensor(name + ".bias", Initial.ZERO, columns));
  }

  /**
   * The tensors of a linear map: uniform in +-1 / sqrt(inputs), so that outputs are of the same size whatever the
   * width.
   */
  static List<TensorSpec> linear(String name, long outputs, long inputs) {
    return List.of(tensor(name + ".weight", Initial.uniform(1 / Math.sqrt(inputs)), outputs, inputs),
        tensor(name + ".bias", Initial.ZERO, outputs));
  }

  /** The tensors of attention of words to words of the same text. */
  static List<TensorSpec> selfAttention(String layer, long width) {
    List<TensorSpec> specs = new ArrayList<>(norm(layer + "attention.norm", width));
    specs.addAll(linear(layer + "attention.qkv", 3 * width, width));
    specs.addAll(linear(layer + "attention.output", width, width));
    return specs;
  }

  /** The tensors of the feed-forward part. */
  static List<TensorSpec> feedForward(String layer, long width, long inner) {
    List<TensorSpec> specs = new ArrayList<>(norm(layer + "feed-forward.norm", width));
    specs.addAll(linear(layer + "feed-forward.inner", inner, width));
    specs.addAll(linear(layer + "feed-forward.output", width, inner));
    return specs;
  }

  /** A tensor of a Transformer. */
  static TensorSpec tensor(String name, Initial initial, long... dimensions) {
    return new TensorSpec(name, "Transformer", new Shape(dimensions), false, initial);
  }

  /** [steps x steps] in row order: 0 for words up to this one, {@link #MASKED} for those after it. */
  static MemorySegment causalMask(long steps, Arena arena) {
    MemorySegment mask = arena.allocate(steps * steps * Float.BYTES, 64);
    for (long t = 0; t < steps; t++) {
      for (long later = t + 1; later < steps; later++) {
        mask.setAtIndex(ValueLayout.JAVA_FLOAT, t * steps + later, MASKED);
      }
    }
    return mask;
  }

  int headColumns() {
    return width / heads;
  }

  NDArray linear(NDArray x, String name) {
    NDArrayEx engine = x.getNDArrayInternal();
    return engine.linear(x, tensors.get(name + ".weight"), tensors.get(name + ".bias")).singletonOrThrow();
  }

  NDArray norm(NDArray x, String name) {
    return x.getNDArrayInternal().layerNorm(x, new Shape(width), tensors.get(name + ".weight"),
        tensors.get(name + ".bias"), EPSILON).singletonOrThrow();
  }

  /** What the feed-forward part of a layer adds: W2 gelu(W1 norm(x) + b1) + b2. */
  NDArray feedForward(NDArray x, String layer) {
    NDArray inner = linear(norm(x, layer + "feed-forward.norm"), layer + "feed-forward.inner");
    NDArray units = inner.getNDArrayInternal().gelu();
    return linear(units, layer + "feed-forward.output");
  }

  /** {@code parts} linear maps of x cut into heads, [parts x batch heads x steps x columns of a head]. */
  NDArray split(NDArray x, String name, int parts) {
    long batch = x.getShape().get(0);
    long steps = x.getShape().get(1);
    return linear(x, name).reshape(batch, steps, parts, heads, headColumns()).transpose(2, 0, 3, 1, 4)
        .reshape(parts, batch * heads, steps, headColumns());
  }

  /**
   * What the heads see, side by side, [batch x steps x width].
   *
   * @param queries [batch heads x steps x columns of a head]
   * @param keys [batch heads x places x columns of a head]
   * @param values of the shape of the keys
   * @param mask added to the scores; broadcasts to [batch heads x steps x places]
   * @param dropout applied to the weights, which have the shape of the scores
   */
  NDArray attend(NDArray queries, NDArray keys, NDArray values, NDArray mask, UnaryOperator<NDArray> dropout) {
    NDManager manager = queries.getManager();
    long batch = queries.getShape().get(0) / heads;
    long steps = queries.getShape().get(1);
    NDArray scale = manager.create((float) (1 / Math.sqrt(headColumns())));
    NDArray scores = queries.mul(scale).batchMatMul(keys.transpose(0, 2, 1)).addi(mask);
    return dropout.apply(scores.softmax(2)).batchMatMul(values).reshape(batch, heads, steps, headColumns())
        .transpose(0, 2, 1, 3).reshape(batch, steps, width);
  }
}
