/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.train.model.LstmConfig;
import org.junit.jupiter.api.Test;

class LmMemoryTest {
  private static final int WORDS = 1_000;

  private static LmOptions options(int samples) {
    OptimizerSpec adam = OptimizerSpec.parse("adam");
    return new LmOptions(new LmOptions.Data("wordnet", 0, 4, 5), new LstmConfig(8, 16, 1, 8, 0, false), samples,
        new LmOptions.Optimization(adam, adam, 0.001f, Schedule.parse("constant"), 1), new LmOptions.Length(10, 0, 1),
        1);
  }

  @Test
  void bytes_twoTablesWithDenseAdam_areThreeTimesTheParameters() {
    LmOptions options = options(10);
    assertEquals(3 * 2 * 4L * WORDS * 8, LmMemory.bytes(options, options.optimization().tables(), WORDS));
  }

  @Test
  void bytes_fullSoftmax_countsTheGradientOfTheOutputTable() {
    LmOptions options = options(0);
    assertEquals(3 * 2 * 4L * WORDS * 8 + 4L * WORDS * 8,
        LmMemory.bytes(options, options.optimization().tables(), WORDS));
  }

  @Test
  void check_tooLarge_namesBytesAndTheLargestLayoutThatFits() {
    LmOptions options = options(10);
    assertDoesNotThrow(() -> LmMemory.check(options, WORDS, 192_000));
    String message =
        assertThrows(IllegalArgumentException.class, () -> LmMemory.check(options, WORDS, 191_999)).getMessage();
    assertTrue(message.contains("192000 bytes") && message.contains("191999 bytes"), message);
    assertTrue(message.contains("--state m=dense,v=bf16") || message.contains("--state m=bf16,v=dense"), message);
    String none =
        assertThrows(IllegalArgumentException.class, () -> LmMemory.check(options, WORDS, 1_000)).getMessage();
    assertTrue(none.contains("no layout of adam would fit"), none);
  }
}
