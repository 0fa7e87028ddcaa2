/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.gradient.SparseRows;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.step.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguageModelTest {
  private static final int WORDS = 700;
  private static final int BATCH = 4;
  private static final int STEPS = 5;

  private static int[] words(int n, long stream) {
    return SampleModels.words(n, WORDS, stream);
  }

  private static SoftmaxSpec softmax(int samples) {
    return samples == 0 ? new SoftmaxSpec.Full() : new SoftmaxSpec.Sampled(samples);
  }

  /**
   * Central differences of the loss against the gradient, for the largest gradient values of every weight. The weights
   * are drawn wide, so that no gradient drowns in the rounding of a float32 loss.
   */
  @ParameterizedTest
  @CsvSource({"0,1,0,false", "50,1,0,false", "50,2,6,false", "50,1,8,true", "0,1,8,true"})
  void forwardBackward_everyWeight_gradientIsSlopeOfLoss(int samples, int layers, int projection, boolean tied) {
    LstmConfig config = new LstmConfig(8, 10, layers, projection, 0, tied);
    int[] inputs = words(BATCH * STEPS, 1);
    int[] targets = words(BATCH * STEPS, 2);
    targets[3] = 0; // the most frequent word, nearly always among the negatives
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(2);
        LanguageModel model = new LanguageModel(config, WORDS, softmax(samples), BATCH, STEPS, 11, arena)) {
      for (Weight weight : model.weights()) {
        CounterRandom.fillUniform(weight.table().data(), 3, CounterRandom.stream(weight.name()), -0.7f, 0.7f);
      }
      SampleModels.checkGradients(model, new SampleModels.Window(inputs, targets, STEPS), workers);
    }
  }

  /** 21 tokens are 20 rows of one step: the exact evaluation and the full training softmax see the same problem. */
  @ParameterizedTest
  @CsvSource({"1", "2", "3"})
  void evaluate_oneStepPerRow_equalsFullSoftmaxLoss(int threads) {
    int[] tokens = words(21, 3);
    int[] inputs = Arrays.copyOf(tokens, 20);
    int[] targets = Arrays.copyOfRange(tokens, 1, 21);
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(threads);
        LanguageModel model =
            new LanguageModel(new LstmConfig(8, 10, 1, 6, 0, false), WORDS, new SoftmaxSpec.Full(), 20, 1, 5, arena)) {
      double loss = model.forwardBackward(1, inputs, targets, 1, workers);
      model.endStep();
      assertEquals(loss, model.evaluate(tokens, workers), 1e-5);
    }
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void gradients_sampledSoftmax_onlyRowsOfInputsTargetsAndNegatives(boolean tied) {
    int[] inputs = {5, 5, 9, 600};
    int[] targets = {9, 9, 13, 5};
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(1);
        LanguageModel model =
            new LanguageModel(new LstmConfig(8, 10, 1, 8, 0, tied), WORDS, softmax(20), 2, 2, 5, arena)) {
      model.forwardBackward(1, inputs, targets, 2, workers);
      List<Gradient> gradients = model.gradients();
      SparseRows first = (SparseRows) gradients.get(0);
      if (tied) {
        assertTrue(first.count() >= 20 && first.count() <= 24, "rows " + first.count());
      } else {
        assertEquals(3, first.count());
        assertEquals(600, first.row(2));
        assertTrue(gradients.get(1).count() >= 20 && gradients.get(1).count() <= 23);
      }
      model.endStep();
    }
  }

  @ParameterizedTest
  @CsvSource({"0,0,false,4", "50,0,false,5", "50,0.5,false,4", "50,0,true,4", "50,0.2,true,1"})
  void forwardBackward_anyThreads_sameBits(int samples, double dropout, boolean tied, int batch) {
    LstmConfig config = new LstmConfig(8, 10, 2, 8, dropout, tied);
    List<float[]> expected = SampleModels.gradients(config, softmax(samples), WORDS, batch, STEPS, 1);
    for (int repetition = 0; repetition < 10; repetition++) {
      List<float[]> actual = SampleModels.gradients(config, softmax(samples), WORDS, batch, STEPS, 2 + repetition % 2);
      for (int i = 0; i < expected.size(); i++) {
        assertArrayEquals(expected.get(i), actual.get(i), "tensor " + i + ", repetition " + repetition);
      }
    }
  }

  /** A batch of two equal texts is one text: what its two halves find must be what one row finds alone. */
  @Test
  void forwardBackward_bothHalvesTheSameText_gradientsOfOneText() {
    int[] inputs = words(STEPS, 1);
    int[] targets = words(STEPS, 2);
    List<List<float[]>> found = new ArrayList<>();
    for (int batch = 1; batch <= 2; batch++) {
      int[] twice = Arrays.copyOf(inputs, batch * STEPS);
      int[] wanted = Arrays.copyOf(targets, batch * STEPS);
      System.arraycopy(inputs, 0, twice, (batch - 1) * STEPS, STEPS);
      System.arraycopy(targets, 0, wanted, (batch - 1) * STEPS, STEPS);
      try (Arena arena = Arena.ofShared();
          Workers workers = new Workers(2);
          LanguageModel model =
              new LanguageModel(new LstmConfig(8, 10, 1, 6, 0, false), WORDS, softmax(50), batch, STEPS, 11, arena)) {
        List<float[]> values = new ArrayList<>();
        values.add(new float[] {model.forwardBackward(1, twice, wanted, STEPS, workers)});
        model.gradients().forEach(gradient -> values.add(gradient.values().toArray(ValueLayout.JAVA_FLOAT)));
        model.endStep();
        found.add(values);
      }
    }
    for (int i = 0; i < found.get(0).size(); i++) {
      assertArrayEquals(found.get(0).get(i), found.get(1).get(i), 1e-6f, "tensor " + i);
    }
  }
}
