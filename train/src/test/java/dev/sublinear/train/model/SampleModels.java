/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.step.GradientNorm;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What the tests of all models do with one. */
final class SampleModels {
  private static final int CHECKED = 3;

  private SampleModels() {}

  static int[] words(int n, int vocabulary, long stream) {
    long key = CounterRandom.key(7, stream, 0);
    int[] words = new int[n];
    for (int i = 0; i < n; i++) {
      words[i] = (int) CounterRandom.below(key, i, vocabulary);
    }
    return words;
  }

  /** A text in which every second word follows from the one before it; half of it cannot be known. */
  static int[] halfPredictable(int n, int vocabulary) {
    int[] words = words(n, vocabulary, 21);
    for (int i = 1; i < n; i += 2) {
      words[i] = (3 * words[i - 1] + 1) % vocabulary;
    }
    return words;
  }

  /** A training window. */
  record Window(int[] inputs, int[] targets, int steps) {}

  /** The gradient of one element of a weight. */
  private record Slope(long element, double gradient) {}

  /** Central differences of the loss against the gradient, for the largest gradient values of every weight. */
  static void checkGradients(LanguageModel model, Window window, Workers workers) {
    for (Weight weight : model.weights()) {
      List<Slope> slopes = largestGradients(model, weight, window, workers);
      double largest = Math.abs(slopes.getFirst().gradient());
      assertTrue(largest > 4e-3, weight.name() + ": largest gradient " + largest);
      for (Slope expected : slopes) {
        double slope = slope(model, weight, expected.element(), window, workers);
        assertEquals(expected.gradient(), slope, 0.01 * largest, weight.name() + " element " + expected.element());
      }
    }
  }

  private static List<Slope> largestGradients(LanguageModel model, Weight weight, Window window, Workers workers) {
    loss(model, window, workers);
    Gradient gradient = model.gradients().get(model.weights().indexOf(weight));
    List<Slope> slopes = new ArrayList<>();
    for (long i = 0; i < gradient.count() * gradient.columns(); i++) {
      long element = gradient.row(i / gradient.columns()) * gradient.columns() + i % gradient.columns();
      slopes.add(new Slope(element, gradient.values().getAtIndex(ValueLayout.JAVA_FLOAT, i)));
    }
    model.endStep();
    slopes.sort(Comparator.comparingDouble((Slope slope) -> -Math.abs(slope.gradient())));
    return slopes.subList(0, Math.min(CHECKED, slopes.size()));
  }

  private static double loss(LanguageModel model, Window window, Workers workers) {
    model.resetState();
    return model.forwardBackward(1, window.inputs(), window.targets(), window.steps(), workers);
  }

  private static double slope(LanguageModel model, Weight weight, long element, Window window, Workers workers) {
    float value = weight.table().data().getAtIndex(ValueLayout.JAVA_FLOAT, element);
    float h = 0.02f;
    double[] losses = new double[2];
    for (int side = 0; side < 2; side++) {
      weight.table().data().setAtIndex(ValueLayout.JAVA_FLOAT, element, side == 0 ? value - h : value + h);
      losses[side] = loss(model, window, workers);
      model.endStep();
    }
    weight.table().data().setAtIndex(ValueLayout.JAVA_FLOAT, element, value);
    return (losses[1] - losses[0]) / (2 * h);
  }

  /** Losses and gradients of three windows; the gradients of the last. */
  static List<float[]> gradients(NetworkConfig config, SoftmaxSpec softmax, int words, int batch, int steps,
      int threads) {
    List<float[]> gradients = new ArrayList<>();
    try (Arena arena = Arena.ofShared();
        Workers workers = new Workers(threads);
        LanguageModel model = new LanguageModel(config, words, softmax, batch, steps, 11, arena)) {
      for (int step = 1; step <= 3; step++) {
        float loss = model.forwardBackward(step, words(batch * steps, words, step), words(batch * steps, words, 9),
            steps, workers);
        gradients.clear();
        gradients.add(new float[] {loss});
        for (Gradient gradient : model.gradients()) {
          gradients.add(gradient.values().asSlice(0, gradient.bytes()).toArray(ValueLayout.JAVA_FLOAT));
        }
        model.endStep();
      }
    }
    return gradients;
  }

  /** Optimizers of a model's weights. */
  static List<RowOptimizer> optimizers(LanguageModel model, String spec, Arena arena, Workers workers) {
    List<RowOptimizer> optimizers = new ArrayList<>();
    for (Weight weight : model.weights()) {
      optimizers.add(new RowOptimizer(OptimizerSpec.parse(spec), weight.table(), 1, arena, workers));
    }
    return optimizers;
  }

  /** A step on the window of {@code text} from {@code from} on, row after row. */
  static double step(LanguageModel model, List<RowOptimizer> optimizers, long step, Window window, float rate,
      Workers workers) {
    double loss = model.forwardBackward(step, window.inputs(), window.targets(), window.steps(), workers);
    List<Gradient> gradients = model.gradients();
    GradientNorm.clip(gradients, 1);
    for (int i = 0; i < gradients.size(); i++) {
      optimizers.get(i).step(gradients.get(i), rate);
    }
    model.endStep();
    return loss;
  }
}
