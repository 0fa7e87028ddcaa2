/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.layout.Layouts;
import dev.sublinear.layout.RowState;
import dev.sublinear.layout.StateArray;
import dev.sublinear.layout.StateLayout;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.testkit.gradients.Gradients;
import dev.sublinear.testkit.gradients.Gradients.Values;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The layout {@code sm3} in an optimizer: vectors, threads, tensors of any rank, and its bytes. */
final class Sm3StepTest {
  private static final long SEED = 43;

  /** Where at most one dimension is longer than 1 it is Adagrad, bit for bit, for gradients of either kind. */
  @ParameterizedTest
  @ValueSource(strings = {"sm3", "sm3:variant=i"})
  void adagrad_ofVectors_hasTheBitsOfDense(String layout) {
    for (long[] shape : List.of(new long[] {}, new long[] {1}, new long[] {31}, new long[] {31, 1}, new long[] {1, 31},
        new long[] {1, 31, 1})) {
      try (Tensor dense = new Tensor("adagrad", 1, shape); Tensor sm3 = new Tensor("adagrad v=" + layout, 1, shape)) {
        assertEquals(dense.optimizer().bytes(), sm3.optimizer().bytes());
        RowTable table = dense.parameters();
        Gradients gradients = new Gradients(SEED, table.rows(), table.columns());
        for (int t = 1; t <= 20; t++) {
          Gradient gradient = t % 2 == 0
              ? gradients.dense(dense.arena(), t, Values.SPECIAL)
              : gradients.sparse(dense.arena(), t, 9, Values.NORMAL);
          dense.optimizer().step(gradient, 0.1f);
          sm3.optimizer().step(gradient, 0.1f);
          assertEquals(-1, table.data().mismatch(sm3.parameters().data()), Arrays.toString(shape) + ", step " + t);
        }
      }
    }
  }

  /** Dense steps of rows longer than a block and of a tensor of three dimensions, on any number of threads. */
  @Test
  void step_ofDenseGradients_sameBitsOnAnyNumberOfThreads() {
    for (long[] shape : List.of(new long[] {37, 40}, new long[] {11, 2100}, new long[] {9, 3, 700},
        new long[] {40, 5, 4})) {
      for (String text : List.of("adagrad v=sm3", "rmsprop v=sm3:variant=i", "sm3")) {
        try (Tensor alone = new Tensor(text, 1, shape);
            Tensor two = new Tensor(text, 2, shape);
            Tensor five = new Tensor(text, 5, shape)) {
          Gradients gradients = new Gradients(SEED, shape[0], alone.parameters().columns());
          for (int t = 1; t <= 6; t++) {
            Gradient gradient = gradients.dense(alone.arena(), t, Values.SPECIAL);
            for (Tensor tensor : List.of(alone, two, five)) {
              tensor.optimizer().step(gradient, 0.1f);
              assertEquals(-1, alone.parameters().data().mismatch(tensor.parameters().data()), text);
              assertArrayEquals(arrays(alone), arrays(tensor), text);
            }
          }
        }
      }
    }
  }

  private static byte[][] arrays(Tensor tensor) {
    return tensor.optimizer().arrays().stream().map(StateArray::data)
        .map(data -> data.toArray(ValueLayout.JAVA_BYTE)).toArray(byte[][]::new);
  }

  /** An element of a tensor of three dimensions lies in a slice of each; permuting slices commutes with a step. */
  @Test
  void step_ofPermutedTensor_isThePermutedStep() {
    long[] shape = {4, 3, 5};
    long[] turned = {5, 4, 3};
    for (String text : List.of("adagrad v=sm3", "adagrad v=sm3:variant=i")) {
      try (Tensor tensor = new Tensor(text, 1, shape); Tensor other = new Tensor(text, 1, turned)) {
        for (int t = 1; t <= 10; t++) {
          double[] g = Sm3Test.whole(60, t);
          double[] permuted = new double[60];
          for (int i = 0; i < 60; i++) {
            permuted[i % 5 * 12 + i / 15 * 3 + i / 5 % 3] = g[i];
          }
          tensor.step(0.1f, g);
          other.step(0.1f, permuted);
        }
        double[] expected = tensor.values();
        double[] actual = other.values();
        for (int i = 0; i < 60; i++) {
          assertEquals(expected[i], actual[i % 5 * 12 + i / 15 * 3 + i / 5 % 3], text);
        }
      }
    }
  }

  @Test
  void bytes_ofAMatrix_areOneFloatPerRowAndColumn() {
    OptimizerSpec spec = OptimizerSpec.parse("sm3 m=none");
    assertEquals(4 * 5120, spec.bytes(4096, 1024));
    assertEquals(4 * 5120 + 4 * 4096 * 1024, OptimizerSpec.parse("sm3").bytes(4096, 1024));
    assertEquals(4 * (6 + 5 + 3 + 2), spec.bytes(6, 5, 3, 2));
    assertEquals(4 * (6 + 5), spec.bytes(6, 1, 5));
    assertEquals(4 * 50, spec.bytes(50));
    assertEquals(4, spec.bytes());
    assertEquals(4 * (49_500_000L + 64), spec.bytes(49_500_000, 64));
    try (Tensor tensor = new Tensor("sm3 m=none", 1, 4096, 1024)) {
      assertEquals(4 * 5120, tensor.optimizer().bytes());
      assertEquals(List.of("v.rows", "v.axis1"),
          tensor.optimizer().arrays().stream().map(StateArray::name).toList());
    }
  }

  /**
   * Beside the state: the columns' next maxima; the rows' too where a row is longer than a block, if they are maxima.
   */
  @ParameterizedTest
  @CsvSource({"sm3, 70, 40, 160", "sm3, 70, 1030, 4400", "sm3:variant=i, 70, 1030, 16600", "sm3, 70, 1, 0",
    "sm3:variant=i, 1, 70, 0"})
  void allocate_takesTheWorkingMemoryThatItSays(String text, long rows, long columns, long expected) {
    StateLayout layout = Layouts.parse(text);
    try (CountingArena arena = new CountingArena()) {
      RowState state = layout.allocate(arena, SEED, rows, columns);
      long kept = state.arrays().stream().mapToLong(array -> array.data().byteSize()).sum();
      assertEquals(layout.bytes(rows, columns), kept);
      assertEquals(expected, arena.bytes() - kept);
    }
  }
}
