/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.Arena;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DropoutTest {
  private static final int ROWS = 10;
  private static final int STEPS = 20;
  private static final int COLUMNS = 30;

  private static LstmConfig config(double probability) {
    return new LstmConfig(COLUMNS, COLUMNS, 1, 0, probability, false);
  }

  @Test
  void apply_ones_shareIsDroppedAndTheRestScaled() {
    try (Arena arena = Arena.ofConfined(); NDManager manager = NDManager.newBaseManager()) {
      Dropout dropout = new Dropout(config(0.2), ROWS, STEPS, 5, arena);
      NDArray ones = manager.ones(new Shape(ROWS, STEPS, COLUMNS));
      float[] first = dropout.apply(ones, 0, 1, 0).toFloatArray();
      int dropped = 0;
      for (float x : first) {
        dropped += x == 0 ? 1 : 0;
        assertEquals(x == 0 ? 0 : 1.25, x, 1e-6);
      }
      double deviation = Math.sqrt(first.length * 0.2 * 0.8);
      assertEquals(0.2 * first.length, dropped, 4 * deviation);
      assertFalse(Arrays.equals(first, dropout.apply(ones, 0, 2, 0).toFloatArray()), "another step");
      assertFalse(Arrays.equals(first, dropout.apply(ones, 1, 1, 0).toFloatArray()), "another site");
    }
  }

  @Test
  void apply_rowsOfABatch_sameAsTheWholeBatch() {
    try (Arena arena = Arena.ofConfined(); NDManager manager = NDManager.newBaseManager()) {
      Dropout dropout = new Dropout(config(0.5), ROWS, STEPS, 5, arena);
      float[] whole = dropout.apply(manager.ones(new Shape(ROWS, STEPS, COLUMNS)), 1, 3, 0).toFloatArray();
      float[] part = dropout.apply(manager.ones(new Shape(4, STEPS, COLUMNS)), 1, 3, 6).toFloatArray();
      assertArrayEquals(Arrays.copyOfRange(whole, 6 * STEPS * COLUMNS, whole.length), part);
    }
  }

  @Test
  void apply_zeroProbability_changesNothing() {
    try (Arena arena = Arena.ofConfined(); NDManager manager = NDManager.newBaseManager()) {
      NDArray x = manager.ones(new Shape(1, 1, COLUMNS));
      assertSame(x, new Dropout(config(0), 1, 1, 5, arena).apply(x, 0, 1, 0));
    }
  }
}
