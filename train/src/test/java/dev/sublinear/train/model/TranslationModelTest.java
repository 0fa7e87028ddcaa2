/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sublinear.gradient.Gradient;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.step.GradientNorm;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.Workers;
import dev.sublinear.train.data.SentencePair;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TranslationModelTest {
  private static final int WORDS = 20;
  private static final int LONGEST = 7;
  private static final int END = 0;

  /** Of a difference of two float32 losses near 4, over twice the distance of 0.02. */
  private static final double ROUNDING = 5e-5;

  private static final TranslationConfig CONFIG = new TranslationConfig(8, 2, 2, 12, LONGEST);

  /** Sentences of 2 to 6 words, {@link #END} last; the target is the source backwards. */
  private static List<SentencePair> pairs(int n, int words) {
    long key = CounterRandom.key(3, 4, 5);
    List<SentencePair> pairs = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int length = 2 + (int) CounterRandom.below(key, 100L * i, LONGEST - 2);
      int[] source = new int[length];
      int[] target = new int[length];
      for (int t = 0; t + 1 < length; t++) {
        source[t] = 1 + (int) CounterRandom.below(key, 100L * i + t + 1, words - 1);
        target[length - 2 - t] = source[t];
      }
      pairs.add(new SentencePair(source, target));
    }
    return pairs;
  }

  private static void drawWide(List<Weight> weights) {
    for (Weight weight : weights) {
      CounterRandom.fillUniform(weight.table().data(), 3, CounterRandom.stream(weight.name()), -0.9f, 0.9f);
    }
  }

  private static TranslationModel wide(Arena arena) {
    TranslationModel model = new TranslationModel(CONFIG, WORDS, WORDS, 200, 11, arena);
    drawWide(model.weights());
    return model;
  }

  private static double loss(TranslationModel model, List<SentencePair> pairs, Workers workers) {
    double loss = model.forwardBackward(pairs, workers);
    model.endStep();
    return loss;
  }

  /** The mean over a batch whose sentences are padded is that of sentences alone, which are not. */
  @Test
  void losses_ofPaddedSentences_areThoseOfUnpaddedOnes() {
    List<SentencePair> pairs = pairs(9, WORDS);
    assertTrue(pairs.stream().mapToInt(pair -> pair.source().length).distinct().count() > 2);
    try (Arena arena = Arena.ofShared(); Workers workers = new Workers(2); TranslationModel model = wide(arena)) {
      double sum = 0;
      int words = 0;
      for (SentencePair pair : pairs) {
        sum += loss(model, List.of(pair), workers) * pair.target().length;
        words += pair.target().length;
      }
      assertEquals(sum / words, loss(model, pairs, workers), 1e-5);
      assertEquals(sum / words, model.evaluate(List.of(pairs), workers), 1e-5);
      assertEquals(sum / words, model.evaluate(List.of(pairs.subList(0, 2), pairs.subList(2, 9)), workers), 1e-5);
    }
  }

  /** Gradients of a batch are the weighted sum of those of its sentences: padding adds nothing. */
  @Test
  void gradients_ofPaddedSentences_areThoseOfUnpaddedOnes() {
    List<SentencePair> pairs = pairs(5, WORDS);
    int words = pairs.stream().mapToInt(pair -> pair.target().length).sum();
    try (Arena arena = Arena.ofShared(); Workers workers = new Workers(1); TranslationModel model = wide(arena)) {
      List<float[]> sums = model.weights().stream().map(weight -> new float[(int) weight.shape().size()]).toList();
      for (SentencePair pair : pairs) {
        add(model, List.of(pair), (float) pair.target().length / words, workers, sums);
      }
      List<float[]> together = model.weights().stream().map(weight -> new float[(int) weight.shape().size()]).toList();
      add(model, pairs, 1, workers, together);
      for (int i = 0; i < sums.size(); i++) {
        assertArrayEquals(sums.get(i), together.get(i), 2e-5f, model.weights().get(i).name());
      }
    }
  }

  private static void add(TranslationModel model, List<SentencePair> pairs, float factor, Workers workers,
      List<float[]> sums) {
    model.forwardBackward(pairs, workers);
    List<Gradient> gradients = model.gradients();
    for (int i = 0; i < gradients.size(); i++) {
      Gradient gradient = gradients.get(i);
      for (int k = 0; k < gradient.count() * gradient.columns(); k++) {
        long row = gradient.row(k / gradient.columns());
        sums.get(i)[(int) row * gradient.columns() + k % gradient.columns()] +=
            factor * gradient.values().getAtIndex(ValueLayout.JAVA_FLOAT, k);
      }
    }
    model.endStep();
  }

  @Test
  void gradients_padding_touchesNoRowThatTheWordsDoNot() {
    SentencePair pair = new SentencePair(new int[] {3, 5, END}, new int[] {4, END});
    SentencePair longer = new SentencePair(new int[] {3, 3, 5, 5, END}, new int[] {4, 4, 4, 4, END});
    try (Arena arena = Arena.ofShared(); Workers workers = new Workers(1); TranslationModel model = wide(arena)) {
      model.forwardBackward(List.of(pair, longer, pair), workers);
      List<Gradient> gradients = model.gradients();
      assertEquals(List.of(0L, 3L, 5L), rows(gradients.get(0)));
      assertEquals(List.of(4L, (long) WORDS), rows(gradients.get(1)), "its own words but the last, and the beginning");
      assertEquals(WORDS, gradients.get(2).count());
      model.endStep();
    }
  }

  private static List<Long> rows(Gradient gradient) {
    return IntStream.range(0, (int) gradient.count()).mapToObj(gradient::row).toList();
  }

  /** Units [rows steps][width] of the decoder for one row of embedded words. */
  private static float[] decoded(float[] source, int[] lengths, float[] target) {
    try (Arena arena = Arena.ofConfined(); NDManager manager = NDManager.newBaseManager()) {
      Tensors tensors = new Tensors(CONFIG.tensors(), arena);
      drawWide(tensors.weights());
      EncoderDecoder network = new EncoderDecoder(CONFIG, tensors, arena);
      tensors.open(manager, false);
      NDArray read = manager.create(source, new Shape(1, source.length / 8, 8));
      return network.decode(manager.create(target, new Shape(1, target.length / 8, 8)), network.encode(read, lengths))
          .toFloatArray();
    }
  }

  private static float[] units(int steps, int seed) {
    float[] units = new float[8 * steps];
    long key = CounterRandom.key(seed, 1, 0);
    for (int i = 0; i < units.length; i++) {
      units[i] = 2 * CounterRandom.uniform(key, i) - 1;
    }
    return units;
  }

  @Test
  void decode_laterTargetWordChanged_earlierUnitsStay() {
    float[] target = units(5, 1);
    float[] before = decoded(units(4, 2), new int[] {4}, target);
    target[3 * 8] += 1;
    float[] after = decoded(units(4, 2), new int[] {4}, target);
    assertArrayEquals(Arrays.copyOf(before, 24), Arrays.copyOf(after, 24));
    assertNotEquals(before[24], after[24]);
    assertNotEquals(before[32], after[32]);
  }

  @Test
  void decode_everySourceWordCounts_butNoPadding() {
    for (int t = 0; t < 4; t++) {
      float[] source = units(4, 2);
      float[] before = decoded(source, new int[] {3}, units(2, 1));
      source[t * 8] += 1;
      float[] after = decoded(source, new int[] {3}, units(2, 1));
      if (t < 3) {
        assertNotEquals(before[0], after[0], "source word " + t);
      } else {
        assertArrayEquals(before, after, "padding");
      }
    }
    assertArrayEquals(decoded(units(3, 2), new int[] {3}, units(2, 1)),
        decoded(units(5, 2), new int[] {3}, units(2, 1)), 1e-5f);
  }

  /** Central differences of the loss against the gradient, for the largest gradient values of every weight. */
  @Test
  void forwardBackward_everyWeight_gradientIsSlopeOfLoss() {
    List<SentencePair> pairs = pairs(5, WORDS);
    try (Arena arena = Arena.ofShared(); Workers workers = new Workers(2); TranslationModel model = wide(arena)) {
      for (int i = 0; i < model.weights().size(); i++) {
        Weight weight = model.weights().get(i);
        List<float[]> sums = model.weights().stream().map(other -> new float[(int) other.shape().size()]).toList();
        float[] gradient = sums.get(i);
        add(model, pairs, 1, workers, sums);
        List<Integer> order = IntStream.range(0, gradient.length).boxed()
            .sorted(Comparator.comparingDouble(k -> -Math.abs(gradient[k]))).toList();
        double largest = Math.abs(gradient[order.getFirst()]);
        assertTrue(largest > 1e-3, weight.name() + ": largest gradient " + largest);
        for (int k : order.subList(0, 2)) {
          assertEquals(gradient[k], slope(model, weight, k, pairs, workers), 0.01 * largest + ROUNDING,
              weight.name() + " " + k);
        }
      }
    }
  }

  private static double slope(TranslationModel model, Weight weight, int k, List<SentencePair> pairs,
      Workers workers) {
    float value = weight.table().data().getAtIndex(ValueLayout.JAVA_FLOAT, k);
    float h = 0.02f;
    weight.table().data().setAtIndex(ValueLayout.JAVA_FLOAT, k, value + h);
    double above = loss(model, pairs, workers);
    weight.table().data().setAtIndex(ValueLayout.JAVA_FLOAT, k, value - h);
    double below = loss(model, pairs, workers);
    weight.table().data().setAtIndex(ValueLayout.JAVA_FLOAT, k, value);
    return (above - below) / (2 * h);
  }

  @Test
  void training_reversal_isLearnt_translated_andTheSameForAnyThreads() {
    double loss = trainedLoss(1);
    assertTrue(loss < 0.3, "loss " + loss);
    assertEquals(loss, trainedLoss(3));
  }

  /** Trains, looks whether most sentences are translated, and returns the loss. */
  private static double trainedLoss(int threads) {
    List<SentencePair> all = pairs(400, 8);
    TranslationConfig config = new TranslationConfig(32, 1, 2, 64, LONGEST);
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(threads);
        TranslationModel model = new TranslationModel(config, 8, 8, 500, 11, arena)) {
      List<RowOptimizer> optimizers = new ArrayList<>();
      for (Weight weight : model.weights()) {
        optimizers.add(new RowOptimizer(OptimizerSpec.parse("adam"), weight.table(), 1, arena, workers));
      }
      for (int step = 0; step < 200; step++) {
        model.forwardBackward(all.subList(step % 10 * 40, step % 10 * 40 + 40), workers);
        List<Gradient> gradients = model.gradients();
        GradientNorm.clip(gradients, 1);
        for (int i = 0; i < gradients.size(); i++) {
          optimizers.get(i).step(gradients.get(i), 0.005f);
        }
        model.endStep();
      }
      List<int[]> sources = all.stream().map(SentencePair::source).toList();
      List<int[]> translations =
          model.translate(List.of(sources.subList(0, 30), sources.subList(30, 50)), END, workers).stream()
              .flatMap(List::stream).toList();
      long right = IntStream.range(0, 50).filter(i -> Arrays.equals(translations.get(i),
          Arrays.copyOf(all.get(i).target(), all.get(i).target().length - 1))).count();
      assertTrue(right > 35, right + " of 50 translated");
      return model.evaluate(List.of(all), workers);
    }
  }

  @Test
  void config_illegal_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new TranslationConfig(8, 1, 3, 8, 4));
    assertThrows(IllegalArgumentException.class, () -> new TranslationConfig(8, 0, 2, 8, 4));
  }

  @Test
  void tensors_numbersAreThoseOfTheFormula() {
    long numbers = CONFIG.tensors().stream().mapToLong(tensor -> tensor.shape().size()).sum();
    assertEquals(2 * (12 * 64 + 4 * 8 * 12 + 24 * 8 + 2 * 12) + 4 * 8 + 2 * LONGEST * 8, numbers);
    long tables = CONFIG.tables(30, 20).stream().mapToLong(tensor -> tensor.shape().size()).sum();
    assertEquals((30 + 2 * 20 + 1) * 8 + 20, tables);
  }
}
