/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit;

import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.gradient.SparseRows;
import dev.sublinear.layout.StateArray;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.IntStream;

/** A tensor of any rank, all zero at first, with an optimizer and threads of its own. */
final class Tensor implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final Workers workers;
  private final RowTable parameters;
  private final RowOptimizer optimizer;

  Tensor(String optimizer, int threads, long... shape) {
    workers = new Workers(threads);
    long elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    parameters = RowTable.ofTensor(arena.allocate(4 * elements, 64), shape);
    this.optimizer = new RowOptimizer(OptimizerSpec.parse(optimizer), parameters, 1, arena, workers);
  }

  Arena arena() {
    return arena;
  }

  RowTable parameters() {
    return parameters;
  }

  RowOptimizer optimizer() {
    return optimizer;
  }

  Tensor set(double... values) {
    parameters.data().copyFrom(floats(values));
    return this;
  }

  private MemorySegment floats(double... values) {
    MemorySegment memory = arena.allocate(4L * values.length, 64);
    for (int i = 0; i < values.length; i++) {
      memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[i]);
    }
    return memory;
  }

  /** A step with a gradient of every row. */
  void step(float learningRate, double... g) {
    optimizer.step(new DenseRows(floats(g), parameters.rows(), parameters.columns()), learningRate);
  }

  /** A step with a gradient of some rows. */
  void stepRows(float learningRate, long[] ids, double... g) {
    optimizer.step(new SparseRows(ids, ids.length, floats(g), parameters.columns()), learningRate);
  }

  double[] values() {
    return doubles(parameters.data());
  }

  /** The state array of this name. */
  double[] array(String name) {
    return doubles(optimizer.arrays().stream().filter(array -> array.name().equals(name)).map(StateArray::data)
        .findFirst().orElseThrow());
  }

  private static double[] doubles(MemorySegment data) {
    float[] values = data.toArray(ValueLayout.JAVA_FLOAT);
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  @Override
  public void close() {
    workers.close();
    arena.close();
  }
}
