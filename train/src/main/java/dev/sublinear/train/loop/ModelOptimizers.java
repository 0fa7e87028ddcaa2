/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.step.MatrixOptimizer;
import dev.sublinear.step.Optimizer;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.StepSpec;
import dev.sublinear.step.Workers;
import dev.sublinear.train.model.Weight;
import dev.sublinear.train.report.Summary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The weights of a model, each with its optimizer: tables of words have one rule and rate, all others another. */
final class ModelOptimizers {
  private final List<Weight> weights;
  private final LmOptions.Optimization optimization;
  private final List<Optimizer> optimizers = new ArrayList<>();

  /** Allocates the states. */
  ModelOptimizers(List<Weight> weights, LmOptions.Optimization optimization, long seed, Arena arena,
      Workers workers) {
    this.weights = weights;
    this.optimization = optimization;
    for (Weight weight : weights) {
      StepSpec spec = optimization.of(weight.spec());
      optimizers.add(spec.bind(weight.table(), seed(seed, weight), arena, workers));
    }
  }

  /** The seed of what belongs to a weight. */
  static long seed(long seed, Weight weight) {
    return CounterRandom.mix(seed ^ CounterRandom.stream(weight.name()));
  }

  /**
   * The optimizer of weight number {@code i}, which is a table.
   *
   * @throws IllegalArgumentException if it is not updated by rows
   */
  RowOptimizer table(int i) {
    if (optimizers.get(i) instanceof RowOptimizer optimizer) {
      return optimizer;
    }
    throw new IllegalArgumentException(weights.get(i).name() + ": " + optimizers.get(i).spec() + " has no rows");
  }

  /** A step with the gradients of all weights, at {@code factor} times the rates. */
  void step(List<Gradient> gradients, double factor) {
    for (int i = 0; i < gradients.size(); i++) {
      float rate = optimization.learningRate(weights.get(i).spec());
      optimizers.get(i).step(gradients.get(i), (float) (rate * factor));
    }
  }

  /** What rules of whole tensors went without; null if there are none. */
  @Nullable
  Long failures() {
    List<MatrixOptimizer> whole = optimizers.stream().filter(MatrixOptimizer.class::isInstance)
        .map(MatrixOptimizer.class::cast).toList();
    return whole.isEmpty() ? null : whole.stream().mapToLong(MatrixOptimizer::failures).sum();
  }

  /** Bytes by component. */
  List<Summary.MemoryComponent> memory() {
    Map<String, Summary.MemoryComponent> components = new LinkedHashMap<>();
    for (int i = 0; i < optimizers.size(); i++) {
      Weight weight = weights.get(i);
      Optimizer optimizer = optimizers.get(i);
      long[] shape = weight.table().shape().stream().mapToLong(Long::longValue).toArray();
      long dense = optimizer.spec().denseBytes(shape);
      Summary.MemoryComponent part = new Summary.MemoryComponent(weight.spec().component(), weight.spec().isTable(),
          weight.table().bytes(), optimizer.bytes(), dense);
      components.merge(weight.spec().component(), part, ModelOptimizers::sum);
    }
    return List.copyOf(components.values());
  }

  private static Summary.MemoryComponent sum(Summary.MemoryComponent a, Summary.MemoryComponent b) {
    return new Summary.MemoryComponent(a.component(), a.table(), a.parameters() + b.parameters(),
        a.optimizerState() + b.optimizerState(), a.optimizerStateDense() + b.optimizerStateDense());
  }

  /** SHA-256 over the bytes of all weights in their order, in hexadecimal. */
  String hash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Weight weight : weights) {
        MemorySegment data = weight.table().data();
        for (long at = 0; at < data.byteSize(); at += 1 << 20) {
          ByteBuffer chunk = data.asSlice(at, Math.min(1 << 20, data.byteSize() - at)).asByteBuffer();
          digest.update(chunk);
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
