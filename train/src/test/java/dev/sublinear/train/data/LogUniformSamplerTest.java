/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogUniformSamplerTest {
  private static int[] ids(LogUniformSampler sampler, long step) {
    sampler.sample(step);
    return sampler.ids().clone();
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "3, 2", "13, 12", "207, 16", "4098, 207", "33278, 1000"})
  void sample_anyShape_isSortedAndDistinct(int vocabulary, int samples) {
    LogUniformSampler sampler = new LogUniformSampler(vocabulary, samples, 42, "test");
    for (int step = 0; step < 20; step++) {
      int[] ids = ids(sampler, step);
      assertEquals(samples, ids.length);
      assertTrue(ids[0] >= 0 && ids[samples - 1] < vocabulary);
      for (int i = 1; i < samples; i++) {
        assertTrue(ids[i - 1] < ids[i]);
      }
      for (int i = 0; i < samples; i++) {
        assertEquals(i, sampler.index(ids[i]));
      }
      assertTrue(sampler.tries() >= samples);
    }
  }

  @Test
  void sample_sameStep_isTheSameInAnyOrder() {
    LogUniformSampler one = new LogUniformSampler(5000, 100, 42, "test");
    LogUniformSampler two = new LogUniformSampler(5000, 100, 42, "test");
    int[] first = ids(one, 7);
    long tries = one.tries();
    two.sample(3);
    assertArrayEquals(first, ids(two, 7));
    assertEquals(tries, two.tries());
    assertFalse(Arrays.equals(first, ids(one, 8)));
    assertFalse(Arrays.equals(first, ids(new LogUniformSampler(5000, 100, 43, "test"), 7)));
    assertFalse(Arrays.equals(first, ids(new LogUniformSampler(5000, 100, 42, "other"), 7)));
  }

  @Test
  void probability_allClasses_isLogUniformAndSumsToOne() {
    LogUniformSampler sampler = new LogUniformSampler(1000, 10, 1, "test");
    double sum = 0;
    for (int k = 0; k < 1000; k++) {
      assertEquals((Math.log(k + 2) - Math.log(k + 1)) / Math.log(1001), sampler.probability(k), 1e-15);
      sum += sampler.probability(k);
    }
    assertEquals(1, sum, 1e-12);
  }

  @Test
  void sample_singleDraws_passChiSquareAgainstProbability() {
    int vocabulary = 50;
    int draws = 100_000;
    LogUniformSampler sampler = new LogUniformSampler(vocabulary, 1, 42, "test");
    int[] counts = new int[vocabulary];
    for (int step = 0; step < draws; step++) {
      sampler.sample(step);
      counts[sampler.ids()[0]]++;
    }
    double chiSquare = 0;
    for (int k = 0; k < vocabulary; k++) {
      double expected = draws * sampler.probability(k);
      chiSquare += (counts[k] - expected) * (counts[k] - expected) / expected;
    }
    // 49 degrees of freedom: mean 49, and 94.6 is exceeded once in 10 000 times
    assertTrue(chiSquare < 94.6, "chi-square " + chiSquare);
    assertTrue(chiSquare > 20, "chi-square " + chiSquare + " is too good");
  }

  @ParameterizedTest
  @CsvSource({"1000, 100", "33278, 1000", "55000, 2000"})
  void logExpectedCount_allClasses_sumsToAboutTheSampleSize(int vocabulary, int samples) {
    LogUniformSampler sampler = new LogUniformSampler(vocabulary, samples, 42, "test");
    double sum = 0;
    int steps = 50;
    for (int step = 0; step < steps; step++) {
      sampler.sample(step);
      for (int k = 0; k < vocabulary; k++) {
        sum += Math.exp(sampler.logExpectedCount(k)) / steps;
      }
    }
    assertEquals(samples, sum, 0.015 * samples);
  }

  @Test
  void logExpectedCount_manyClassesPerSample_isTheShareOfSamplesThatHoldTheClass() {
    LogUniformSampler sampler = new LogUniformSampler(200, 40, 42, "test");
    int steps = 20_000;
    double[] expected = new double[200];
    int[] counts = new int[200];
    for (int step = 0; step < steps; step++) {
      sampler.sample(step);
      for (int k = 0; k < 200; k++) {
        expected[k] += Math.exp(sampler.logExpectedCount(k)) / steps;
        counts[k] += sampler.index(k) >= 0 ? 1 : 0;
      }
    }
    for (int k = 0; k < 200; k++) {
      assertEquals((double) counts[k] / steps, expected[k], 0.02, "class " + k);
    }
  }

  @Test
  void logExpectedCount_rareClass_keepsItsPrecision() {
    LogUniformSampler sampler = new LogUniformSampler(50_000_000, 1, 42, "test");
    sampler.sample(0);
    assertEquals(1, sampler.tries());
    assertEquals(Math.log(1 / 50_000_000.0 / Math.log(50_000_001)), sampler.logExpectedCount(49_999_999), 1e-7);
  }

  @Test
  void constructor_badSampleSize_saysLegalRange() {
    for (int samples : new int[] {0, -1, 10, 11}) {
      var e = assertThrows(
          IllegalArgumentException.class, () -> new LogUniformSampler(10, samples, 1, "test"));
      assertTrue(e.getMessage().startsWith("samples " + samples + ": must be >= 1 and < 10"), e.getMessage());
    }
    LogUniformSampler sampler = new LogUniformSampler(10, 5, 1, "test");
    assertThrows(IndexOutOfBoundsException.class, () -> sampler.probability(10));
    assertThrows(IndexOutOfBoundsException.class, () -> sampler.logExpectedCount(-1));
    assertEquals(5, sampler.samples());
    assertEquals(10, sampler.vocabularySize());
  }
}
