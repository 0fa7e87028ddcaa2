/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.Shape;
import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compressed state for the tensors that are not tables. */
final class DenseTensorsTest {
  private static final List<NetworkConfig> NETWORKS = List.of(new LstmConfig(128, 256, 2, 128, 0, false),
      new TransformerConfig(128, 2, 4, 512, TransformerConfig.Positions.LEARNED, 64, 0, false));

  private static List<TensorSpec> tensors(NetworkConfig network) {
    List<TensorSpec> tensors = new ArrayList<>(network.tensors());
    tensors.add(new TensorSpec("output.bias", "output bias", new Shape(5000, 1), false, Initial.ZERO));
    return tensors;
  }

  /** The share is that of dense Adam's state over all of these tensors. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "adam v=count-min:0.2 | 0.6",
    "adam v=count-min:0.2:axis=columns:depth=1 | 0.605",
    "adam m=none,v=count-min:0.2:axis=columns | 0.105",
    "adam m=count-sketch:0.2,v=count-min:0.2:axis=columns | 0.205",
    "adam m=count-sketch:0.2,v=count-min:0.2 | 0.2"})
  void step_everyTensorOfANetwork_movesAndTakesTheBytesOfTheLayout(String text, double share) {
    OptimizerSpec spec = OptimizerSpec.parse(text);
    for (NetworkConfig network : NETWORKS) {
      long bytes = 0;
      long dense = 0;
      for (TensorSpec tensor : tensors(network)) {
        long[] shape = tensor.shape().getShape();
        bytes += step(spec, tensor.name(), shape);
        dense += OptimizerSpec.dense(spec.rule()).bytes(shape);
      }
      assertEquals(share, (double) bytes / dense, 0.05 * share, network + ": " + bytes + " of " + dense + " bytes");
    }
  }

  /** Steps once along a gradient of ones; returns the bytes of the state. */
  private static long step(OptimizerSpec spec, String name, long... shape) {
    try (Arena arena = Arena.ofConfined(); Workers workers = new Workers(1)) {
      long elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
      RowTable table = RowTable.ofTensor(arena.allocate(4 * elements, 64), shape);
      MemorySegment ones = arena.allocate(4 * elements, 64);
      for (long i = 0; i < elements; i++) {
        ones.setAtIndex(ValueLayout.JAVA_FLOAT, i, 1);
      }
      RowOptimizer optimizer = new RowOptimizer(spec, table, 1, arena, workers);
      optimizer.step(new DenseRows(ones, table.rows(), table.columns()), 0.01f);
      assertEquals(spec.bytes(shape), optimizer.bytes(), name);
      for (long row = 0; row < table.rows(); row++) {
        for (int column = 0; column < table.columns(); column++) {
          float value = table.get(row, column);
          boolean isDownhill = value < 0 || spec.toString().contains("count-sketch"); // whose signs may cancel
          assertTrue(isDownhill && Math.abs(value) <= 0.1f, name + " [" + row + ", " + column + "]: " + value);
        }
      }
      return optimizer.bytes();
    }
  }

  /** A sketch of columns has a cell for any shape; one that is exact where there is one column. */
  @Test
  void step_columnsOfAnyShape_isPossible() {
    OptimizerSpec spec = OptimizerSpec.parse("rmsprop v=count-min:0.2:axis=columns");
    assertEquals(4, step(spec, "scalar"));
    assertEquals(4, step(spec, "one", 1));
    assertEquals(28, step(spec, "vector", 7));
    assertEquals(4 * 2 * 3, step(spec, "three dimensions", 2, 3, 5));
    assertEquals(4, step(spec, "one row", 1, 3));
  }

  /** A sketch of rows needs rows: a tensor with too few is refused, with a ratio that would do. */
  @Test
  void new_rowsOfATinyTensor_isRefused() {
    OptimizerSpec spec = OptimizerSpec.parse("rmsprop v=count-min:0.2");
    for (long[] shape : new long[][] {{}, {1}, {14, 3}}) {
      Exception e = assertThrows(IllegalArgumentException.class, () -> step(spec, "tiny", shape));
      assertTrue(e.getMessage().contains("gives width 0"), e.getMessage());
    }
    assertTrue(step(spec, "just enough", 15, 3) > 0);
  }
}
