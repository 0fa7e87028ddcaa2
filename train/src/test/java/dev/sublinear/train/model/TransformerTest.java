/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.Workers;
import dev.sublinear.train.model.TransformerConfig.Positions;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class TransformerTest {
  private static final int WORDS = 300;
  private static final int BATCH = 4;
  private static final int STEPS = 6;
  private static final int WIDTH = 8;

  private static TransformerConfig config(int layers, Positions positions, double dropout, boolean tied) {
    return new TransformerConfig(WIDTH, layers, 2, 12, positions, STEPS, dropout, tied);
  }

  private static SoftmaxSpec softmax(int samples) {
    return samples == 0 ? new SoftmaxSpec.Full() : new SoftmaxSpec.Sampled(samples);
  }

  /** The weights are drawn wide, so that no gradient drowns in the rounding of a float32 loss. */
  private static void drawWide(List<Weight> weights) {
    for (Weight weight : weights) {
      CounterRandom.fillUniform(weight.table().data(), 3, CounterRandom.stream(weight.name()), -0.9f, 0.9f);
    }
  }

  @ParameterizedTest
  @CsvSource({"0,1,LEARNED,0,false", "50,2,ROTARY,0,true", "0,1,ROTARY,0.3,false"})
  void forwardBackward_everyWeight_gradientIsSlopeOfLoss(int samples, int layers, Positions positions, double dropout,
      boolean tied) {
    int[] inputs = SampleModels.words(BATCH * STEPS, WORDS, 1);
    int[] targets = SampleModels.words(BATCH * STEPS, WORDS, 2);
    TransformerConfig config = config(layers, positions, dropout, tied);
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(2);
        LanguageModel model = new LanguageModel(config, WORDS, softmax(samples), BATCH, STEPS, 11, arena)) {
      drawWide(model.weights());
      SampleModels.checkGradients(model, new SampleModels.Window(inputs, targets, STEPS), workers);
    }
  }

  @ParameterizedTest
  @CsvSource({"0,LEARNED,0,false,4", "50,ROTARY,0.3,true,5", "50,LEARNED,0.5,false,1"})
  void forwardBackward_anyThreads_sameBits(int samples, Positions positions, double dropout, boolean tied, int batch) {
    TransformerConfig config = config(2, positions, dropout, tied);
    List<float[]> expected = SampleModels.gradients(config, softmax(samples), WORDS, batch, STEPS, 1);
    for (int repetition = 0; repetition < 5; repetition++) {
      List<float[]> actual =
          SampleModels.gradients(config, softmax(samples), WORDS, batch, STEPS, 2 + repetition % 2);
      for (int i = 0; i < expected.size(); i++) {
        assertArrayEquals(expected.get(i), actual.get(i), "tensor " + i + ", repetition " + repetition);
      }
    }
  }

  /** Outputs [steps][width] for input rows [steps][width]. */
  private static float[][] outputs(TransformerConfig config, float[][] input) {
    try (Arena arena = Arena.ofConfined(); NDManager manager = NDManager.newBaseManager()) {
      Tensors tensors = new Tensors(config.tensors(), arena);
      drawWide(tensors.weights());
      Transformer transformer = new Transformer(config, tensors, arena);
      tensors.open(manager, false);
      NDArray x = manager.create(input).expandDims(0);
      float[] flat = transformer.forward(x, new NDList(), manager, (units, site) -> units).toFloatArray();
      float[][] outputs = new float[input.length][];
      Arrays.setAll(outputs, t -> Arrays.copyOfRange(flat, t * WIDTH, (t + 1) * WIDTH));
      return outputs;
    }
  }

  private static float[][] inputs(int steps) {
    float[][] input = new float[steps][WIDTH];
    long key = CounterRandom.key(5, 1, 0);
    for (int i = 0; i < steps * WIDTH; i++) {
      input[i / WIDTH][i % WIDTH] = 2 * CounterRandom.uniform(key, i) - 1;
    }
    return input;
  }

  @ParameterizedTest
  @EnumSource(Positions.class)
  void forward_laterWordChanged_earlierOutputsStay(Positions positions) {
    float[][] input = inputs(STEPS);
    float[][] before = outputs(config(2, positions, 0, false), input);
    input[4][0] += 1;
    float[][] after = outputs(config(2, positions, 0, false), input);
    for (int t = 0; t < STEPS; t++) {
      if (t < 4) {
        assertArrayEquals(before[t], after[t], "step " + t);
      } else {
        assertNotEquals(before[t][0], after[t][0], "step " + t);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Positions.class)
  void forward_shorterWindow_sameOutputs(Positions positions) {
    float[][] whole = outputs(config(1, positions, 0, false), inputs(STEPS));
    float[][] part = outputs(config(1, positions, 0, false), inputs(3));
    for (int t = 0; t < 3; t++) {
      assertArrayEquals(whole[t], part[t], 1e-5f, "step " + t);
    }
  }

  /** One query and one key at all places: their products depend on the distance alone. */
  @Test
  void turned_sameVectorsEverywhere_productsDependOnTheDistance() {
    TransformerConfig config = config(1, Positions.ROTARY, 0, false);
    float[][] vectors = inputs(2);
    try (Arena arena = Arena.ofConfined(); NDManager manager = NDManager.newBaseManager()) {
      Transformer transformer = new Transformer(config, new Tensors(config.tensors(), arena), arena);
      Shape shape = new Shape(1, STEPS, config.headColumns());
      NDArray queries = transformer.turned(manager.create(vectors[0]).get("0:4").broadcast(shape));
      NDArray keys = transformer.turned(manager.create(vectors[1]).get("0:4").broadcast(shape));
      float[] products = queries.batchMatMul(keys.transpose(0, 2, 1)).toFloatArray();
      for (int t = 1; t < STEPS; t++) {
        for (int s = 1; s < STEPS; s++) {
          assertEquals(products[(t - 1) * STEPS + s - 1], products[t * STEPS + s], 1e-5, t + " to " + s);
        }
        assertNotEquals(products[0], products[t], 1e-3f, "distance " + t);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Positions.class)
  void forward_firstWordsSwapped_lastOutputDiffers(Positions positions) {
    float[][] text = inputs(3);
    float[][] swapped = {text[1], text[0], text[2]};
    TransformerConfig config = config(1, positions, 0, false);
    assertNotEquals(outputs(config, text)[2][0], outputs(config, swapped)[2][0], 1e-4f);
  }

  @Test
  void config_illegal_isRefused() {
    assertThrows(IllegalArgumentException.class,
        () -> new TransformerConfig(8, 1, 3, 8, Positions.LEARNED, 4, 0, false));
    String message = assertThrows(IllegalArgumentException.class,
        () -> new TransformerConfig(12, 1, 4, 8, Positions.ROTARY, 4, 0, false)).getMessage();
    assertEquals("heads 4: rotary positions need an even number of columns per head, not 3 of embedding 12", message);
  }

  @ParameterizedTest
  @CsvSource({"0,LEARNED,false", "40,ROTARY,true", "-1,LEARNED,false"})
  void training_halfPredictableText_beatsTheUnigram(int samples, Positions positions, boolean tied) {
    int vocabulary = 60;
    int steps = 16;
    TransformerConfig config = new TransformerConfig(32, 2, 2, 64, positions, steps, 0, tied);
    int[] text = SampleModels.halfPredictable(40 * BATCH * steps + 1, vocabulary);
    SoftmaxSpec softmax = samples < 0 ? new SoftmaxSpec.Adaptive(List.of(20, 40)) : softmax(samples);
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(2);
        LanguageModel model = new LanguageModel(config, vocabulary, softmax, BATCH, steps, 11, arena)) {
      List<RowOptimizer> optimizers = SampleModels.optimizers(model, "adam", arena, workers);
      for (int step = 1; step <= 300; step++) {
        int from = step % 40 * BATCH * steps;
        int[] inputs = Arrays.copyOfRange(text, from, from + BATCH * steps);
        int[] targets = Arrays.copyOfRange(text, from + 1, from + BATCH * steps + 1);
        SampleModels.step(model, optimizers, step, new SampleModels.Window(inputs, targets, steps), 0.004f, workers);
      }
      double loss = model.evaluate(text, workers);
      // Word counts alone reach log 60 = 4.1, perfect knowledge of every second word half of it.
      assertTrue(loss < 2.6, "loss " + loss);
    }
  }

  /** The same weights in torch's own modules, in double: see the script that the file names. */
  @Test
  void forward_fixedWeights_equalsTorch() throws IOException {
    float[][] outputs = outputs(config(2, Positions.LEARNED, 0, false), inputs(STEPS));
    try (InputStream file = Objects.requireNonNull(TransformerTest.class.getResourceAsStream("transformer.txt"))) {
      List<String> rows = new String(file.readAllBytes(), StandardCharsets.UTF_8).lines()
          .filter(line -> !line.startsWith("#")).toList();
      assertEquals(STEPS, rows.size());
      for (int t = 0; t < STEPS; t++) {
        double[] expected = Arrays.stream(rows.get(t).split(" ")).mapToDouble(Double::parseDouble).toArray();
        for (int c = 0; c < WIDTH; c++) {
          assertEquals(expected[c], outputs[t][c], 2e-5, "step " + t + " column " + c);
        }
      }
    }
  }

  @Test
  void weights_ofLearnedPositions_haveStableNamesAndInitialValues() {
    TransformerConfig config = config(1, Positions.LEARNED, 0, false);
    assertEquals(List.of("transformer.positions", "transformer.0.attention.norm.weight",
        "transformer.0.attention.norm.bias", "transformer.0.attention.qkv.weight", "transformer.0.attention.qkv.bias",
        "transformer.0.attention.output.weight", "transformer.0.attention.output.bias",
        "transformer.0.feed-forward.norm.weight", "transformer.0.feed-forward.norm.bias",
        "transformer.0.feed-forward.inner.weight", "transformer.0.feed-forward.inner.bias",
        "transformer.0.feed-forward.output.weight", "transformer.0.feed-forward.output.bias", "transformer.norm.weight",
        "transformer.norm.bias"), config.tensors().stream().map(TensorSpec::name).toList());
    long numbers = config.tensors().stream().mapToLong(tensor -> tensor.shape().size()).sum();
    assertEquals(4 * 64 + 2 * 8 * 12 + 9 * 8 + 12 + 2 * 8 + STEPS * 8, numbers);
    try (Arena arena = Arena.ofShared();
        LanguageModel model = new LanguageModel(config, WORDS, softmax(0), BATCH, STEPS, 11, arena)) {
      for (Weight weight : model.weights()) {
        float[] values = weight.table().data().toArray(ValueLayout.JAVA_FLOAT);
        float expected = weight.name().endsWith("norm.weight") ? 1 : 0;
        if (weight.name().endsWith("bias") || expected == 1) {
          float[] same = new float[values.length];
          Arrays.fill(same, expected);
          assertArrayEquals(same, values, weight.name());
        } else {
          assertNotEquals(values[0], values[1], weight.name());
        }
      }
      assertEquals(new Shape(3 * WIDTH, WIDTH), model.weights().get(6).shape());
    }
  }

  /** The engine's memory and ours: no growth once everything has run. */
  @Test
  void steps_many_engineMemoryDoesNotGrow() throws IOException {
    int steps = 32;
    TransformerConfig config = new TransformerConfig(64, 2, 4, 128, Positions.ROTARY, steps, 0.1, false);
    int[] inputs = SampleModels.words(16 * steps, WORDS, 1);
    int[] targets = SampleModels.words(16 * steps, WORDS, 2);
    SampleModels.Window window = new SampleModels.Window(inputs, targets, steps);
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(2);
        LanguageModel model =
            new LanguageModel(config, WORDS, new SoftmaxSpec.Adaptive(List.of(50)), 16, steps, 11, arena)) {
      List<RowOptimizer> optimizers = SampleModels.optimizers(model, "adam", arena, workers);
      long before = 0;
      for (int step = 1; step <= 150; step++) {
        if (step == 60) {
          before = residentBytes();
        }
        SampleModels.step(model, optimizers, step, window, 1e-3f, workers);
      }
      // A step makes about 20 MB of tensors: forgetting a tenth of them would show as 180 MB.
      assertTrue(residentBytes() - before < 60_000_000, residentBytes() - before + " bytes more");
    }
  }

  private static long residentBytes() throws IOException {
    String statm = Files.readString(Path.of("/proc/self/statm"));
    return 4096 * Long.parseLong(statm.split(" ")[1]);
  }
}
