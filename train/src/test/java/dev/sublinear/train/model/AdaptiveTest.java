/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.Gradient;
import dev.sublinear.gradient.SparseRows;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.step.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AdaptiveTest {
  private static final int WORDS = 700;
  private static final int BATCH = 4;
  private static final int STEPS = 5;
  private static final LstmConfig LSTM = new LstmConfig(8, 10, 1, 16, 0, false);

  private static void drawWide(LanguageModel model) {
    for (Weight weight : model.weights()) {
      CounterRandom.fillUniform(weight.table().data(), 3, CounterRandom.stream(weight.name()), -0.7f, 0.7f);
    }
  }

  @Test
  void crossEntropies_everyWord_probabilitiesSumToOne() {
    SoftmaxSpec.Adaptive spec = new SoftmaxSpec.Adaptive(List.of(30, 60, 650));
    try (Arena arena = Arena.ofConfined();
        NDManager manager = NDManager.newBaseManager();
        Workers workers = new Workers(1)) {
      List<TensorSpec> specs = spec.tensors(LSTM, WORDS);
      Adaptive adaptive = new Adaptive(spec.ends(WORDS), specs.subList(1, specs.size()), arena);
      for (Weight weight : adaptive.weights()) {
        CounterRandom.fillUniform(weight.table().data(), 3, CounterRandom.stream(weight.name()), -0.7f, 0.7f);
      }
      MemorySegment row = arena.allocate(16 * Float.BYTES, 64);
      CounterRandom.fillUniform(row, 4, 1, -1, 1);
      NDArray hidden = EngineMemory.tensor(manager, row, new Shape(1, 16)).broadcast(WORDS, 16).duplicate();
      int[] all = new int[WORDS];
      Arrays.setAll(all, i -> i);
      double[] losses = adaptive.crossEntropies(hidden, all, new ExactSoftmax(workers));
      assertEquals(1, Arrays.stream(losses).map(loss -> Math.exp(-loss)).sum(), 1e-6);
      adaptive.open(manager, 1, all, WORDS);
      assertEquals(Arrays.stream(losses).sum() / WORDS, adaptive.loss(hidden, all).getFloat() / WORDS, 1e-5);
      adaptive.leaves().forEach(Leaf::close);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lstm", "transformer"})
  void forwardBackward_everyWeight_gradientIsSlopeOfLoss(String model) {
    NetworkConfig config = model.equals("lstm")
        ? LSTM
        : new TransformerConfig(16, 1, 2, 12, TransformerConfig.Positions.LEARNED, STEPS, 0, false);
    int[] inputs = SampleModels.words(BATCH * STEPS, WORDS, 1);
    int[] targets = SampleModels.words(BATCH * STEPS, WORDS, 2);
    targets[0] = 5;
    targets[1] = 35;
    targets[2] = 65;
    SoftmaxSpec softmax = new SoftmaxSpec.Adaptive(List.of(30, 60, 80));
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(2);
        LanguageModel made = new LanguageModel(config, WORDS, softmax, BATCH, STEPS, 11, arena)) {
      drawWide(made);
      SampleModels.checkGradients(made, new SampleModels.Window(inputs, targets, STEPS), workers);
    }
  }

  @Test
  void forwardBackward_noTails_equalsFullSoftmax() {
    List<float[]> full = SampleModels.gradients(LSTM, new SoftmaxSpec.Full(), WORDS, BATCH, STEPS, 2);
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(2);
        LanguageModel plain = new LanguageModel(LSTM, WORDS, new SoftmaxSpec.Full(), BATCH, STEPS, 11, arena);
        LanguageModel adaptive =
            new LanguageModel(LSTM, WORDS, new SoftmaxSpec.Adaptive(List.of(WORDS)), BATCH, STEPS, 11, arena)) {
      assertEquals(full.size() - 1, adaptive.weights().size());
      for (int i = 0; i < plain.weights().size(); i++) {
        assertEquals(plain.weights().get(i).shape(), adaptive.weights().get(i).shape());
        adaptive.weights().get(i).table().data().copyFrom(plain.weights().get(i).table().data());
      }
      int[] inputs = SampleModels.words(BATCH * STEPS, WORDS, 1);
      int[] targets = SampleModels.words(BATCH * STEPS, WORDS, 2);
      float expected = plain.forwardBackward(1, inputs, targets, STEPS, workers);
      assertEquals(expected, adaptive.forwardBackward(1, inputs, targets, STEPS, workers));
      for (int i = 0; i < plain.gradients().size(); i++) {
        assertEquals(-1, plain.gradients().get(i).values().mismatch(adaptive.gradients().get(i).values()));
      }
      plain.endStep();
      adaptive.endStep();
      assertEquals(plain.evaluate(inputs, workers), adaptive.evaluate(inputs, workers));
    }
  }

  @Test
  void gradients_tailWithoutTarget_isEmpty() {
    int[] words = {1, 2, 3, 4};
    int[] targets = {65, 2, 70, 4};
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(1);
        LanguageModel model =
            new LanguageModel(LSTM, WORDS, new SoftmaxSpec.Adaptive(List.of(30, 60, 80)), 2, 2, 5, arena)) {
      for (int repetition = 0; repetition < 2; repetition++) {
        model.forwardBackward(1, words, repetition == 0 ? targets : words, 2, workers);
        List<Gradient> gradients = model.gradients();
        for (int i = 1; i < gradients.size(); i++) {
          String name = model.weights().get(i).name();
          boolean isEmpty = name.startsWith("output.tail") && (repetition == 1 || !name.startsWith("output.tail.2"));
          if (isEmpty) {
            assertEquals(0, ((SparseRows) gradients.get(i)).count(), name);
          } else {
            assertTrue(gradients.get(i) instanceof DenseRows, name);
          }
        }
        model.endStep();
      }
    }
  }

  @Test
  void forwardBackward_anyThreads_sameBits() {
    SoftmaxSpec softmax = new SoftmaxSpec.Adaptive(List.of(30, 300));
    List<float[]> expected = SampleModels.gradients(LSTM, softmax, WORDS, BATCH, STEPS, 1);
    for (int repetition = 0; repetition < 5; repetition++) {
      List<float[]> actual = SampleModels.gradients(LSTM, softmax, WORDS, BATCH, STEPS, 2 + repetition % 2);
      for (int i = 0; i < expected.size(); i++) {
        assertArrayEquals(expected.get(i), actual.get(i), "tensor " + i + ", repetition " + repetition);
      }
    }
  }

  @Test
  void tensors_haveAQuarterOfTheColumnsPerTail() {
    List<TensorSpec> specs = new SoftmaxSpec.Adaptive(List.of(30, 60, 80)).tensors(LSTM, WORDS);
    assertEquals(new Shape(33, 16), specs.get(1).shape());
    assertEquals(List.of(new Shape(30, 4), new Shape(30, 1), new Shape(4, 16), new Shape(20, 1), new Shape(20, 1),
        new Shape(1, 16), new Shape(620, 1), new Shape(620, 1), new Shape(1, 16)),
        specs.subList(3, specs.size()).stream().map(TensorSpec::shape).toList());
  }

  @Test
  void spec_defaultsAndText() {
    SoftmaxSpec.Adaptive standard = (SoftmaxSpec.Adaptive) SoftmaxSpec.parse("adaptive");
    assertEquals(List.of(2218, 6654, 33278), standard.ends(33278));
    assertEquals(List.of(100, 200), standard.ends(200));
    assertEquals(List.of(50), standard.ends(50));
    for (String text : List.of("full", "sampled:7", "adaptive", "adaptive:5,9")) {
      assertEquals(text, SoftmaxSpec.parse(text).toString());
    }
    for (String text : List.of("", "sampled", "sampled:0", "sampled:x", "adaptive:", "adaptive:1,,2", "half")) {
      String message = assertThrows(IllegalArgumentException.class, () -> SoftmaxSpec.parse(text)).getMessage();
      assertTrue(message.startsWith("softmax '" + text + "': must be full, or sampled:K"), message);
    }
    assertThrows(IllegalArgumentException.class, () -> SoftmaxSpec.parse("adaptive:9,9"));
    assertThrows(IllegalArgumentException.class, () -> new SoftmaxSpec.Adaptive(List.of(0)));
    assertThrows(IllegalArgumentException.class, () -> new SoftmaxSpec.Adaptive(List.of(51)).check(50));
  }
}
