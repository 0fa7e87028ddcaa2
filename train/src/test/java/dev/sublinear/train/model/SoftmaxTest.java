/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.train.data.LogUniformSampler;
import dev.sublinear.train.data.UniqueIds;
import org.junit.jupiter.api.Test;

class SoftmaxTest {
  private static final int WORDS = 60;
  private static final int COLUMNS = 4;

  private static float[] numbers(int n, int stream) {
    float[] numbers = new float[n];
    for (int i = 0; i < n; i++) {
      numbers[i] = 2 * CounterRandom.uniform(CounterRandom.key(3, stream, 0), i) - 1;
    }
    return numbers;
  }

  private static double logit(float[] hidden, int row, float[] weights, float[] bias, int word) {
    double sum = bias[word];
    for (int c = 0; c < COLUMNS; c++) {
      sum += (double) hidden[row * COLUMNS + c] * weights[word * COLUMNS + c];
    }
    return sum;
  }

  /** The definition in double: corrected logits of the target and of the negatives that are not the target. */
  private static double oracle(LogUniformSampler sampler, float[] hidden, float[] weights, float[] bias,
      int[] targets) {
    double total = 0;
    for (int i = 0; i < targets.length; i++) {
      double positive = logit(hidden, i, weights, bias, targets[i]) - sampler.logExpectedCount(targets[i]);
      double sum = Math.exp(positive);
      for (int k = 0; k < sampler.samples(); k++) {
        int word = sampler.ids()[k];
        if (word != targets[i]) {
          sum += Math.exp(logit(hidden, i, weights, bias, word) - sampler.logExpectedCount(word));
        }
      }
      total += Math.log(sum) - positive;
    }
    return total;
  }

  @Test
  void loss_sampledWithAccidentalHits_equalsDefinition() {
    int[] targets = {0, 1, 17, 59, 0};
    float[] hidden = numbers(targets.length * COLUMNS, 1);
    float[] weights = numbers(WORDS * COLUMNS, 2);
    float[] bias = numbers(WORDS, 3);
    try (NDManager manager = NDManager.newBaseManager()) {
      LogUniformSampler sampler = new LogUniformSampler(WORDS, 10, 5, "test");
      Softmax.Sampled softmax = new Softmax.Sampled(sampler);
      // All rows are at hand, so that local row numbers are word ids.
      UniqueIds all = new UniqueIds(WORDS, WORDS);
      int hits = 0;
      for (int step = 1; step <= 5; step++) {
        all.clear();
        for (int word = 0; word < WORDS; word++) {
          all.add(word);
        }
        softmax.select(step, targets, targets.length, all);
        all.finish();
        hits += sampler.index(0) >= 0 ? 1 : 0;
        NDArray loss = softmax.loss(manager.create(hidden, new Shape(targets.length, COLUMNS)),
            manager.create(weights, new Shape(WORDS, COLUMNS)), manager.create(bias, new Shape(WORDS, 1)), targets,
            all);
        assertEquals(oracle(sampler, hidden, weights, bias, targets), loss.getFloat(), 5e-5, "step " + step);
      }
      assertTrue(hits > 0, "no accidental hit in any step: the test would not see them removed");
    }
  }
}
