/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BpttBatchesTest {
  private static int[] tokens(int n) {
    return IntStream.range(100, 100 + n).toArray();
  }

  @Test
  void training_smallStream_cutsRowsAndWindows() {
    // 16 targets, 5 in each of 3 rows, the last one dropped
    BpttBatches batches = BpttBatches.training(tokens(17), 3, 2);
    assertEquals(3, batches.windows());
    assertEquals(15, batches.targets());
    int[] inputs = new int[6];
    int[] targets = new int[6];
    assertEquals(2, batches.fill(0, inputs, targets));
    assertArrayEquals(new int[] {100, 101, 105, 106, 110, 111}, inputs);
    assertArrayEquals(new int[] {101, 102, 106, 107, 111, 112}, targets);
    assertEquals(1, batches.fill(2, inputs, targets));
    assertArrayEquals(new int[] {104, 109, 114}, Arrays.copyOf(inputs, 3));
    assertArrayEquals(new int[] {105, 110, 115}, Arrays.copyOf(targets, 3));
  }

  @Test
  void training_justEnoughTokens_isOneWindow() {
    BpttBatches batches = BpttBatches.training(tokens(13), 4, 3);
    assertEquals(1, batches.windows());
    assertEquals(3, batches.steps(0));
    var e = assertThrows(IllegalArgumentException.class, () -> BpttBatches.training(tokens(12), 4, 3));
    assertEquals(
        "the corpus has 12 train tokens, but batch 4 x bptt 3 needs at least 13: use a smaller batch or bptt, or a"
            + " longer text",
        e.getMessage());
  }

  @Test
  void evaluation_fewerTargetsThanRows_leavesRowsEmpty() {
    BpttBatches batches = BpttBatches.evaluation(tokens(3), 4, 5);
    int[] inputs = {7, 7, 7, 7};
    int[] targets = {7, 7, 7, 7};
    assertEquals(1, batches.fill(0, inputs, targets));
    assertArrayEquals(new int[] {100, 101, 0, 0}, inputs);
    assertArrayEquals(new int[] {101, 102, 0, 0}, targets);
    assertEquals(1, batches.validSteps(0, 1));
    assertEquals(0, batches.validSteps(0, 2));
  }

  @ParameterizedTest
  @CsvSource({
    "2, 1, 1", "17, 3, 2", "16, 3, 5", "18, 3, 5", "13, 4, 3", "14, 4, 3", "4098, 16, 35", "4098, 207, 13", "4, 9, 1"
  })
  void evaluation_anyShape_predictsEveryTokenButTheFirstOnce(int n, int batch, int bptt) {
    checkCoverage(n, batch, BpttBatches.evaluation(tokens(n), batch, bptt), n - 1);
  }

  @ParameterizedTest
  @CsvSource({"2, 1, 1", "17, 3, 2", "17, 2, 8", "18, 2, 8", "4098, 16, 35", "4098, 207, 13"})
  void training_anyShape_predictsAPrefixOnce(int n, int batch, int bptt) {
    checkCoverage(n, batch, BpttBatches.training(tokens(n), batch, bptt), (n - 1) / batch * batch);
  }

  private static void checkCoverage(int n, int batch, BpttBatches batches, int expectedTargets) {
    int[] seen = new int[n];
    int[] last = new int[batch];
    int[] inputs = new int[batch * batches.steps(0)];
    int[] targets = new int[inputs.length];
    for (int w = 0; w < batches.windows(); w++) {
      int steps = batches.fill(w, inputs, targets);
      assertEquals(batches.steps(w), steps);
      for (int b = 0; b < batch; b++) {
        for (int t = 0; t < batches.validSteps(w, b); t++) {
          int input = inputs[b * steps + t];
          assertEquals(input + 1, targets[b * steps + t]);
          if (last[b] != 0) {
            assertEquals(last[b] + 1, input, "the text of a row goes on from window to window");
          }
          last[b] = input;
          seen[targets[b * steps + t] - 100]++;
        }
      }
    }
    assertEquals(expectedTargets, batches.targets());
    int[] once = new int[n];
    Arrays.fill(once, 1, expectedTargets + 1, 1);
    assertArrayEquals(once, seen);
  }

  @Test
  void fill_badArguments_refused() {
    BpttBatches batches = BpttBatches.training(tokens(17), 3, 2);
    assertThrows(IndexOutOfBoundsException.class, () -> batches.fill(3, new int[6], new int[6]));
    assertThrows(IndexOutOfBoundsException.class, () -> batches.fill(-1, new int[6], new int[6]));
    assertThrows(IndexOutOfBoundsException.class, () -> batches.fill(0, new int[5], new int[6]));
    assertThrows(IndexOutOfBoundsException.class, () -> batches.validSteps(0, 3));
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 0", "-1, -1", "65536, 65536", "1, 2147483647"})
  void factories_badShape_refused(int batch, int bptt) {
    assertThrows(IllegalArgumentException.class, () -> BpttBatches.training(tokens(10), batch, bptt));
    assertThrows(IllegalArgumentException.class, () -> BpttBatches.evaluation(tokens(10), batch, bptt));
  }

  @Test
  void evaluation_oneToken_refused() {
    assertThrows(IllegalArgumentException.class, () -> BpttBatches.evaluation(tokens(1), 1, 1));
    assertThrows(IllegalArgumentException.class, () -> BpttBatches.evaluation(new int[0], 1, 1));
  }
}
