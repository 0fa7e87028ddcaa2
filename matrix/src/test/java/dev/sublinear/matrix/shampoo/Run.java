/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.kernel.Workspace;
import dev.sublinear.layout.StateArray;
import dev.sublinear.step.MatrixOptimizer;
import dev.sublinear.step.MatrixSpec;
import dev.sublinear.step.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** A tensor of zeros and an optimizer from its text; an update is what a step at rate 1 subtracts. */
final class Run implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final Workers workers = new Workers(1);
  final RowTable table;
  final MatrixOptimizer optimizer;

  Run(String text, long... shape) {
    long elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    table = RowTable.ofTensor(arena.allocate(4 * elements, 64), shape);
    optimizer = MatrixSpec.parse(text).bind(table, 1, arena, workers);
  }

  /** One step at {@code rate}. */
  void step(double[] gradient, float rate) {
    optimizer.step(new DenseRows(segment(gradient), table.rows(), table.columns()), rate);
  }

  /** A step from 0 at rate 1: what was subtracted. */
  double[] update(double[] gradient) {
    table.data().fill((byte) 0);
    step(gradient, 1);
    double[] update = parameters();
    for (int i = 0; i < update.length; i++) {
      update[i] = 0 - update[i]; // no -0
    }
    return update;
  }

  double[] parameters() {
    return doubles(table.data());
  }

  /** The floats of one state array. */
  double[] array(String name) {
    return doubles(segmentOf(name));
  }

  MemorySegment segmentOf(String name) {
    return optimizer.arrays().stream().filter(array -> array.name().equals(name)).map(StateArray::data).findFirst()
        .orElseThrow(() -> new IllegalArgumentException(
            name + " is not among " + optimizer.arrays().stream().map(StateArray::name).toList()));
  }

  static double[] doubles(MemorySegment floats) {
    double[] values = new double[(int) (floats.byteSize() / 4)];
    Arrays.setAll(values, i -> floats.getAtIndex(JAVA_FLOAT, i));
    return values;
  }

  static MemorySegment segment(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return MemorySegment.ofArray(floats);
  }

  /** Values in (-1, 1), exact in float32. */
  static double[] random(int seed, int n) {
    long key = CounterRandom.key(seed, CounterRandom.stream("shampoo-test"), 0);
    double[] values = new double[n];
    Arrays.setAll(values, i -> (CounterRandom.below(key, i, 1L << 20) - (1 << 19)) / (double) (1 << 19));
    return values;
  }

  static double norm(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(x -> x * x).sum());
  }

  @Override
  public void close() {
    workers.close();
    arena.close();
  }

  /** A preconditioner alone, which takes vectors too. */
  static final class Bare implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final Workspace workspace = new Workspace();
    private final int elements;
    final Preconditioner preconditioner;
    private long step;

    Bare(Factor.Kind kind, int... dimensions) {
      Partition partition = new Partition(1, 0, 4096);
      elements = Arrays.stream(dimensions).reduce(1, (a, b) -> a * b);
      workspace.reserve(Preconditioner.workBytes(kind, partition, dimensions));
      preconditioner =
          new Preconditioner(kind, new Frequency(1, 1), partition, dimensions, arena);
    }

    double[] update(double[] gradient) {
      MemorySegment out = arena.allocate(4L * elements, 64);
      preconditioner.apply(++step, segment(gradient), out, workspace.memory());
      return doubles(out);
    }

    MemorySegment segmentOf(String name) {
      return preconditioner.arrays().stream().filter(array -> array.name().equals(name)).map(StateArray::data)
          .findFirst().orElseThrow();
    }

    @Override
    public void close() {
      workspace.close();
      arena.close();
    }
  }
}
