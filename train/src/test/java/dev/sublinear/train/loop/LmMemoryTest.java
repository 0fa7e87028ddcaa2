/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.train.model.LstmConfig;
import org.junit.jupiter.api.Test;

final class LmMemoryTest {
  private static final int WORDS = 3000;
  private static final LstmConfig NETWORK = new LstmConfig(64, 8, 1, 16, 0, false);

  private static LmOptions options(String optimizer, LstmConfig network, int samples) {
    return new LmOptions(new LmOptions.Data("wordnet", 0, 4, 8), network, samples,
        new LmOptions.Optimization(OptimizerSpec.parse(optimizer), OptimizerSpec.parse("sgd"), 1,
            Schedule.parse("constant"), 1),
        new LmOptions.Length(1, 1, 1), 1);
  }

  @Test
  void bytes_areThoseOfEveryTensorItsStateAndDenseGradients() {
    long tables = 4L * WORDS * (64 + 16);
    long bias = 4L * WORDS;
    long lstm = 4L * (32 * 64 + 32 * 8 + 32 + 32);
    long projection = 4L * 16 * 8;
    LmOptions sampled = options("adam", NETWORK, 10);
    long expected = 3 * tables + 2 * (bias + lstm + projection);
    assertEquals(expected, LmMemory.bytes(sampled, sampled.optimization().tables(), WORDS));
    LmOptions full = options("adam", NETWORK, 0);
    assertEquals(expected + 4L * WORDS * 16, LmMemory.bytes(full, full.optimization().tables(), WORDS));
  }

  @Test
  void check_exactlyEnough_passes() {
    LmOptions options = options("adam", NETWORK, 10);
    long needed = LmMemory.bytes(options, options.optimization().tables(), WORDS);
    assertDoesNotThrow(() -> LmMemory.check(options, WORDS, needed));
  }

  @Test
  void check_oneByteShort_namesTheLargestLayoutThatFits() {
    LmOptions options = options("adagrad", NETWORK, 10);
    long needed = LmMemory.bytes(options, options.optimization().tables(), WORDS);
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
        () -> LmMemory.check(options, WORDS, needed - 1));
    assertEquals("the training needs " + needed + " bytes (1.96 MB), this machine has " + (needed - 1)
        + " bytes (1.96 MB); --state v=bf16 would fit with " + (needed - 2L * WORDS * 80) + " bytes (1.48 MB)",
        e.getMessage());
  }

  @Test
  void check_noLayoutFits_saysSo() {
    LmOptions options = options("adam", NETWORK, 10);
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
        () -> LmMemory.check(options, 5, 1000)); // five words: a sketch of a fifth has no bucket
    assertEquals("no layout of adam would fit", e.getMessage().substring(e.getMessage().indexOf("; ") + 2));
  }

  @Test
  void check_beyondALong_isRefused() {
    LstmConfig huge = new LstmConfig(64, Integer.MAX_VALUE, 2, 16, 0, false);
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
        () -> LmMemory.check(options("adam", huge, 10), WORDS, Long.MAX_VALUE - 1));
    assertEquals("the training needs more than 2^63 bytes", e.getMessage().split(",")[0]);
  }
}
