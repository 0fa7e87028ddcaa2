/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.gradient.DenseRows;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.step.Workers;
import dev.sublinear.train.data.ImageSet;
import dev.sublinear.train.data.PixelScaling;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ImageModelTest {
  private static final int CLASSES = 3;

  @AutoClose final Arena arena = Arena.ofShared();

  @AutoClose final Workers workers = new Workers(2);

  /** A network, and the odd or even size of the images that it reads. */
  record Case(ImageConfig config, int channels, int height, int width) {
    ImageShape shape() {
      return new ImageShape(channels, height, width, CLASSES);
    }
  }

  static List<Case> cases() {
    return List.of(new Case(new CnnConfig(3), 1, 9, 8), new Case(new CnnConfig(2), 3, 4, 7),
        new Case(new ResNetConfig(4), 1, 8, 8), new Case(new ResNetConfig(8), 3, 7, 9));
  }

  private static ImageSet images(Case c, int n) {
    long key = CounterRandom.key(3, 4, 5);
    byte[] pixels = new byte[n * c.shape().size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) CounterRandom.bits(key, i);
    }
    return new ImageSet(List.of("a", "b", "c"), c.channels, c.height, c.width, pixels,
        IntStream.range(0, n).map(i -> i % CLASSES).toArray());
  }

  private static int[] labels(ImageSet images) {
    return IntStream.range(0, images.size()).map(images::label).toArray();
  }

  private MemorySegment floats(ImageSet images) {
    MemorySegment floats = arena.allocate((long) images.pixels().length * Float.BYTES, 64);
    PixelScaling scaling = PixelScaling.of(images);
    for (int i = 0; i < images.size(); i++) {
      scaling.write(images, i, floats, (long) i * images.imageBytes());
    }
    return floats;
  }

  /** Moves what begins at 0 or 1, so that no part of a formula goes unseen. */
  private static void disturb(ImageModel model) {
    for (Weight weight : model.weights()) {
      long key = CounterRandom.key(9, CounterRandom.stream(weight.name()), 0);
      for (long i = 0; i < weight.shape().size(); i++) {
        MemorySegment data = weight.table().data();
        float value = data.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        data.setAtIndex(ValueLayout.JAVA_FLOAT, i, value + 0.3f * CounterRandom.uniform(key, i) - 0.1f);
      }
    }
  }

  private float loss(ImageModel model, MemorySegment pixels, ImageSet images) {
    float loss = model.forwardBackward(pixels, labels(images), images.size(), workers);
    model.endStep();
    return loss;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void loss_isThatOfTheFormulas(Case c) {
    ImageSet images = images(c, 7);
    try (ImageModel model = new ImageModel(c.config, c.shape(), 1, arena)) {
      disturb(model);
      MemorySegment pixels = floats(images);
      ImageOracle oracle = new ImageOracle(model.weights());
      double sum = 0;
      int errors = 0;
      for (int image = 0; image < images.size(); image++) {
        double[][][] planes = new double[c.channels][c.height][c.width];
        for (int i = 0; i < images.imageBytes(); i++) {
          planes[i / (c.height * c.width)][i / c.width % c.height][i % c.width] =
              pixels.getAtIndex(ValueLayout.JAVA_FLOAT, (long) image * images.imageBytes() + i);
        }
        double[] logits = c.config instanceof CnnConfig ? oracle.cnn(planes) : oracle.resNet(planes);
        sum += ImageOracle.crossEntropy(logits, images.label(image));
        int best = IntStream.range(0, CLASSES).boxed().max(Comparator.comparingDouble(k -> logits[k])).orElseThrow();
        errors += best == images.label(image) ? 0 : 1;
      }
      assertEquals(sum / images.size(), loss(model, pixels, images), 1e-5);
      ImageModel.Scored scored = model.evaluate(images, PixelScaling.of(images), workers);
      assertEquals(sum / images.size(), scored.loss(), 1e-5);
      assertEquals((double) errors / images.size(), scored.errorRate());
    }
  }

  private static float[] gradient(ImageModel model, int weight) {
    return ((DenseRows) model.gradients().get(weight)).values().toArray(ValueLayout.JAVA_FLOAT);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradients_areTheSlopesOfTheLoss(Case c) {
    ImageSet images = images(c, 6);
    MemorySegment pixels = floats(images);
    float h = 1e-3f;
    try (ImageModel model = new ImageModel(c.config, c.shape(), 1, arena)) {
      disturb(model);
      for (int w = 0; w < model.weights().size(); w++) {
        model.forwardBackward(pixels, labels(images), images.size(), workers);
        float[] gradient = gradient(model, w);
        model.endStep();
        List<Integer> largest = IntStream.range(0, gradient.length).boxed()
            .sorted(Comparator.comparingDouble(i -> -Math.abs(gradient[i]))).limit(3).toList();
        double scale = Math.abs(gradient[largest.getFirst()]);
        String name = model.weights().get(w).name();
        assertTrue(scale > 4e-3, name + ": largest gradient " + scale);
        MemorySegment data = model.weights().get(w).table().data();
        for (int i : largest) {
          float value = data.getAtIndex(ValueLayout.JAVA_FLOAT, i);
          data.setAtIndex(ValueLayout.JAVA_FLOAT, i, value + h);
          double above = loss(model, pixels, images);
          data.setAtIndex(ValueLayout.JAVA_FLOAT, i, value - h);
          double below = loss(model, pixels, images);
          data.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
          assertEquals(gradient[i], (above - below) / (2 * h), 0.03 * scale, name + " element " + i);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anyThreads_sameBits(Case c) {
    ImageSet images = images(c, 205);
    MemorySegment pixels = floats(images);
    List<List<float[]>> results = new ArrayList<>();
    for (int threads : new int[] {1, 2, 3}) {
      try (Workers some = new Workers(threads); ImageModel model = new ImageModel(c.config, c.shape(), 1, arena)) {
        List<float[]> result = new ArrayList<>();
        result.add(new float[] {model.forwardBackward(pixels, labels(images), images.size(), some)});
        for (int w = 0; w < model.weights().size(); w++) {
          result.add(gradient(model, w));
        }
        model.endStep();
        ImageModel.Scored scored = model.evaluate(images, PixelScaling.of(images), some);
        result.add(new float[] {(float) scored.loss(), (float) scored.errorRate()});
        results.add(result);
      }
    }
    for (int i = 0; i < results.getFirst().size(); i++) {
      assertArrayEquals(results.get(0).get(i), results.get(1).get(i));
      assertArrayEquals(results.get(0).get(i), results.get(2).get(i));
    }
  }

  /** What batch normalisation could not promise. */
  @ParameterizedTest
  @MethodSource("cases")
  void score_ofAnImage_doesNotDependOnTheOthers(Case c) {
    ImageSet images = images(c, 5);
    PixelScaling scaling = PixelScaling.of(images);
    try (ImageModel model = new ImageModel(c.config, c.shape(), 1, arena)) {
      double sum = 0;
      for (int i = 0; i < images.size(); i++) {
        sum += model.evaluate(images.select(new int[] {i}), scaling, workers).loss();
      }
      assertEquals(sum / images.size(), model.evaluate(images, scaling, workers).loss(), 1e-6);
    }
  }

  @Test
  void tensors_areAsManyAsDocumented_andBeginAsHeEtAl() {
    assertEquals(206_922, parameters(new CnnConfig(16), new ImageShape(1, 28, 28, 10)));
    assertEquals(298 * 256 + (9 * 3 + 30 + 4 * 10) * 16 + 10, parameters(new ResNetConfig(16),
        new ImageShape(3, 32, 32, 10)));
    try (ImageModel model = new ImageModel(new CnnConfig(16), new ImageShape(1, 28, 28, 10), 1, arena)) {
      for (Weight weight : model.weights()) {
        double squares = 0;
        long n = weight.shape().size();
        for (long i = 0; i < n; i++) {
          double value = weight.table().data().getAtIndex(ValueLayout.JAVA_FLOAT, i);
          squares += value * value / n;
        }
        double inputs = (double) n / weight.shape().get(0);
        double expected = weight.name().endsWith("bias") ? 0 : 2 / inputs;
        assertEquals(expected, squares, 4 * expected / Math.sqrt(n), weight.name());
      }
    }
  }

  private static long parameters(ImageConfig config, ImageShape shape) {
    return config.tensors(shape).stream().mapToLong(tensor -> tensor.shape().size()).sum();
  }

  @Test
  void badShapes_sayWhatIsLegal() {
    Exception e = assertThrows(IllegalArgumentException.class, () -> new ResNetConfig(6));
    assertEquals("width 6: must be a multiple of 4, the groups of a norm", e.getMessage());
    e = assertThrows(IllegalArgumentException.class, () -> new CnnConfig(0));
    assertEquals("width 0: must be >= 1", e.getMessage());
    e = assertThrows(IllegalArgumentException.class, () -> new CnnConfig(1).tensors(new ImageShape(1, 3, 4, 2)));
    assertEquals("images of 3 x 4 pixels: a cnn needs at least 4 x 4", e.getMessage());
  }
}
