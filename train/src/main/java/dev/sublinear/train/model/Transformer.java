/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A causal Transformer (Vaswani et al., 2017) whose layers normalise before they compute (Xiong et al., 2020).
 *
 * <p>x = dropout(words + positions); per layer x = x + dropout(attention(norm(x))), then
 * x = x + dropout(W2 gelu(W1 norm(x) + b1) + b2); at the end norm(x). Attention, per head of c columns:
 * dropout(softmax(q k' / sqrt(c), over the words up to this one)) v, all heads side by side through one more linear
 * map. {@link TransformerParts} says more.
 *
 * <p>Rotary positions (Su et al., 2021) turn columns i and i + c / 2 of queries and keys at place t by the angle
 * t 10000^(-2 i / c); the paper pairs columns 2 i and 2 i + 1, which is the same up to the order of the columns of
 * the query and key weights. Nothing is carried from window to window.
 */
final class Transformer implements Body {
  private static final double ROTARY_BASE = 10_000;

  private final TransformerConfig config;
  private final Tensors tensors;
  private final TransformerParts parts;

  /** [window x window]: what words see of those after them is nothing. */
  private final MemorySegment mask;

  /** [window x columns of a head], for rotary positions. */
  private final MemorySegment cosines;

  private final MemorySegment sines;

  Transformer(TransformerConfig config, Tensors tensors, Arena arena) {
    this.config = config;
    this.tensors = tensors;
    parts = new TransformerParts(tensors, config.embedding(), config.heads());
    long window = config.window();
    mask = TransformerParts.causalMask(window, arena);
    int columns = config.headColumns();
    cosines = arena.allocate(window * columns * Float.BYTES, 64);
    sines = arena.allocate(window * columns * Float.BYTES, 64);
    for (long i = 0; i < window * columns; i++) {
      long pair = i % columns % Math.max(1, columns / 2);
      long place = i / columns;
      double angle = place * StrictMath.pow(ROTARY_BASE, -2.0 * pair / columns);
      cosines.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) StrictMath.cos(angle));
      sines.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) StrictMath.sin(angle));
    }
  }

  @Override
  public NDList zeroState(NDManager manager, int batch) {
    return new NDList();
  }

  @Override
  public NDArray forward(NDArray input, NDList state, NDManager owner, Between dropout) {
    NDManager manager = input.getManager();
    long steps = input.getShape().get(1);
    NDArray x = input;
    if (config.positions() == TransformerConfig.Positions.LEARNED) {
      x = x.add(tensors.get("transformer.positions").get(new NDIndex().addSliceDim(0, steps)));
    }
    x = dropout.apply(x, 0);
    Shape square = new Shape(config.window(), config.window());
    NDArray causal = EngineMemory.tensor(manager, mask, square)
        .get(new NDIndex().addSliceDim(0, steps).addSliceDim(0, steps));
    for (int layer = 0; layer < config.layers(); layer++) {
      String name = "transformer." + layer + ".";
      int site = 3 * layer + 1;
      NDArray seen = attention(parts.norm(x, name + "attention.norm"), name + "attention.qkv", causal, dropout, site);
      x = x.add(dropout.apply(parts.linear(seen, name + "attention.output"), site + 1));
      x = x.add(dropout.apply(parts.feedForward(x, name), site + 2));
    }
    return parts.norm(x, "transformer.norm").reshape(-1, config.embedding());
  }

  /** What the heads see, side by side, [batch x steps x embedding]. */
  private NDArray attention(NDArray x, String name, NDArray causal, Between dropout, int site) {
    long batch = x.getShape().get(0);
    long steps = x.getShape().get(1);
    int heads = config.heads();
    NDArray split = parts.split(x, name, 3);
    NDArray queries = split.get(0);
    NDArray keys = split.get(1);
    if (config.positions() == TransformerConfig.Positions.ROTARY) {
      queries = turned(queries);
      keys = turned(keys);
    }
    return parts.attend(queries, keys, split.get(2), causal,
        weights -> dropout.apply(weights.reshape(batch, heads * steps, steps), site)
            .reshape(batch * heads, steps, steps));
  }

  /** Turns each pair of columns by the angle of its place: x cos + (-second half, first half) sin. */
  NDArray turned(NDArray x) {
    NDManager manager = x.getManager();
    Shape shape = new Shape(x.getShape().get(1), config.headColumns());
    long bytes = shape.size() * Float.BYTES;
    NDArray cos = EngineMemory.tensor(manager, cosines.asSlice(0, bytes), shape);
    NDArray sin = EngineMemory.tensor(manager, sines.asSlice(0, bytes), shape);
    NDList halves = x.split(2, 2);
    return x.mul(cos).add(halves.get(1).neg().concat(halves.get(0), 2).mul(sin));
  }
}
