/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.StepSpec;
import dev.sublinear.train.model.LstmConfig;
import dev.sublinear.train.model.NetworkConfig;
import dev.sublinear.train.model.SoftmaxSpec;
import dev.sublinear.train.model.TransformerConfig;
import dev.sublinear.train.report.ByteSize;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LmMemoryTest {
  private static final int WORDS = 3000;
  private static final int TARGETS = 4 * 8;
  private static final LstmConfig NETWORK = new LstmConfig(64, 8, 1, 16, 0, false);

  private static LmOptions options(String optimizer, LstmConfig network, int samples) {
    return options(optimizer, network, samples == 0 ? new SoftmaxSpec.Full() : new SoftmaxSpec.Sampled(samples));
  }

  private static LmOptions options(String optimizer, NetworkConfig network, SoftmaxSpec softmax) {
    return new LmOptions(new LmOptions.Data("wordnet", 0, 4, 8), network, softmax,
        new LmOptions.Optimization(OptimizerSpec.parse(optimizer), OptimizerSpec.parse("sgd"), 1, 1,
            Schedule.parse("constant"), 1),
        new LmOptions.Length(1, 1, 1, 0), 1);
  }

  @Test
  void bytes_areThoseOfEveryTensorItsStateDenseGradientsLogitsAndGatheredRows() {
    long tables = 4L * WORDS * (64 + 16);
    long bias = 4L * WORDS;
    long lstm = 4L * (32 * 64 + 32 * 8 + 32 + 32);
    long projection = 4L * 16 * 8;
    LmOptions sampled = options("adam", NETWORK, 10);
    long expected = 3 * tables + 3 * (bias + lstm + projection);
    long gathered = 8L * (TARGETS * 64 + (TARGETS + 10) * 16);
    long logits = 8L * TARGETS * (10 + 1);
    assertEquals(expected + logits + gathered, LmMemory.bytes(sampled, sampled.optimization().tables(), WORDS));
    LmOptions full = options("adam", NETWORK, 0);
    assertEquals(expected + 2 * 4L * WORDS * 16 + 8L * TARGETS * (WORDS + 64),
        LmMemory.bytes(full, full.optimization().tables(), WORDS));
  }

  @Test
  void bytes_tiedTable_isCountedAndGatheredOnce() {
    LstmConfig tied = new LstmConfig(16, 8, 1, 16, 0, true);
    LmOptions options = options("sgd", tied, 10);
    long lstm = 4L * (32 * 16 + 32 * 8 + 32 + 32);
    long expected = 4L * WORDS * 16 + 3 * (4L * WORDS + lstm + 4L * 16 * 8);
    assertEquals(expected + 8L * (TARGETS * 11 + (2 * TARGETS + 10) * 16),
        LmMemory.bytes(options, options.optimization().tables(), WORDS));
  }

  @Test
  void bytes_probe_addsExactMomentsParametersAndGradientsOfItsRows() {
    LmOptions none = options("adam v=row-wise", NETWORK, 10);
    for (int rows : new int[] {7, WORDS + 5}) {
      LmOptions probed = new LmOptions(none.data(), NETWORK, none.softmax(), none.optimization(),
          new LmOptions.Length(1, 1, 1, rows), 1);
      assertEquals(4L * Math.min(rows, WORDS) * (64 + 16) * (2 + 2),
          LmMemory.bytes(probed, probed.optimization().tables(), WORDS)
              - LmMemory.bytes(none, none.optimization().tables(), WORDS));
    }
  }

  @Test
  void bytes_transformerWithAdaptiveSoftmax_areThoseOfEveryTensorAndOfTheActivations() {
    TransformerConfig network =
        new TransformerConfig(16, 2, 4, 20, TransformerConfig.Positions.LEARNED, 8, 0, false);
    LmOptions options = options("sgd", network, new SoftmaxSpec.Adaptive(List.of(1000, 2000)));
    long input = 4L * WORDS * 16;
    long head = 4L * 1002 * (16 + 1);
    long tails = 4L * 1000 * (4 + 1 + 1 + 1) + 4L * (4 + 1) * 16;
    long layers = 4L * (2 * (4 * 16 * 16 + 2 * 16 * 20 + 9 * 16 + 20) + 2 * 16 + 8 * 16);
    long logitsAndGathered = 8L * TARGETS * (1002 + 16);
    long activations = 4L * 2 * TARGETS * (4 * 8 + 2 * 20 + 8 * 16);
    assertEquals(input + 3 * (head + tails + layers) + logitsAndGathered + activations,
        LmMemory.bytes(options, options.optimization().tables(), WORDS));
  }

  /** Their state, and once the working memory of the tensor that needs most; the bias by word has the tables' rule. */
  @Test
  void bytes_ruleOfWholeTensors_addsItsWorkspaceOnce() {
    LmOptions plain = options("adam", NETWORK, 10);
    StepSpec shampoo = StepSpec.parse("shampoo:merge=1");
    LmOptions options = plain.with(new LmOptions.Optimization(OptimizerSpec.parse("adam"), shampoo, 1, 1,
        Schedule.parse("constant"), 1));
    long[][] tensors = {{32, 64}, {32, 8}, {32}, {32}, {16, 8}};
    long state = 2 * 4L * WORDS;
    long most = 0;
    for (long[] shape : tensors) {
      state += shampoo.bytes(shape);
      most = Math.max(most, shampoo.workspaceBytes(shape));
    }
    assertTrue(most >= 8 * 64 * 64);
    assertEquals(state + most, LmMemory.bytes(options, options.optimization().tables(), WORDS)
        - LmMemory.bytes(plain, plain.optimization().tables(), WORDS));
  }

  @Test
  void bytes_logitsBeyondALong_areTheMost() {
    LmOptions.Data data = new LmOptions.Data("wordnet", 0, Integer.MAX_VALUE, Integer.MAX_VALUE);
    LmOptions small = options("sgd", NETWORK, 0);
    LmOptions options = new LmOptions(data, NETWORK, new SoftmaxSpec.Full(), small.optimization(), small.length(), 1);
    assertEquals(Long.MAX_VALUE, LmMemory.bytes(options, options.optimization().tables(), WORDS));
  }

  @Test
  void bytes_layoutThatCannotHoldATensor_namesBoth() {
    LmOptions options = options("adagrad v=count-min:0.0001", NETWORK, 10);
    String message = assertThrows(IllegalArgumentException.class, () -> LmMemory.check(options, WORDS, Long.MAX_VALUE))
        .getMessage();
    assertTrue(message.startsWith("adagrad v=count-min:1.0E-4 on input.table [3000 x 64]: ratio "), message);
  }

  /** So does one of the tensors that are not tables: which one, its shape, and a ratio that it allows. */
  @Test
  void bytes_denseOptimizerThatCannotHoldATensor_namesBoth() {
    LmOptions small = options("adam", new LstmConfig(64, 2, 1, 16, 0, false), 10);
    LmOptions options = new LmOptions(small.data(), small.network(), small.softmax(), new LmOptions.Optimization(
        OptimizerSpec.parse("adam"), OptimizerSpec.parse("adam v=count-min:0.2"), 1, 1, Schedule.parse("constant"), 1),
        small.length(), 1);
    String message = assertThrows(IllegalArgumentException.class, () -> LmMemory.check(options, WORDS, Long.MAX_VALUE))
        .getMessage();
    assertEquals(
        "adam m=dense,v=count-min:0.2 on lstm.weight_ih_l0 [8 x 64]: ratio 0.2 of 8 rows at depth 3 gives width 0:"
            + " must be >= 1; try 0.375",
        message);
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
    long less = needed - 2L * WORDS * 80;
    assertEquals("the training needs " + needed + " bytes (" + ByteSize.format(needed) + "), this machine has "
        + (needed - 1) + " bytes (" + ByteSize.format(needed - 1) + "); --state v=bf16 would fit with " + less
        + " bytes (" + ByteSize.format(less) + ")", e.getMessage());
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
