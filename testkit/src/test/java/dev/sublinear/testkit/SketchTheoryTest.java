/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.Gradient;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.layout.StateArray;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.Workers;
import dev.sublinear.testkit.gradients.Gradients;
import dev.sublinear.testkit.gradients.Gradients.Values;
import dev.sublinear.testkit.oracle.ColumnSketchMoment;
import dev.sublinear.testkit.oracle.SketchHashes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the paper proves of optimizers over sketches, with whole optimizers on sparse rows and over several seeds; raw
 * updates are in {@link SketchPropertiesTest}.
 */
final class SketchTheoryTest {
  private static final int ROWS = 1500;
  private static final int STEPS = 60;
  private static final int DRAWS = 300;
  private static final int SEEDS = 8;

  /** A rule with one moment in a sketch, and what it does to that moment of every row in every step. */
  private record Case(String rule, String slot, String layout, String options, double decay, double scale) {
    boolean isSigned() {
      return layout.equals("count-sketch");
    }

    OptimizerSpec spec(int width, int depth) {
      return OptimizerSpec.parse(String.format(Locale.ROOT, "%s %s=%s:%s:depth=%d%s", rule, slot, layout,
          (double) width * depth / ROWS, depth, options));
    }
  }

  /** The sums that an optimizer's sketch should hold, and what it answers; by row. */
  private record Answers(double[] truth, double[] estimates) {
    static Answers of(Case kind, int width, int depth, long seed) {
      double[] truth = new double[ROWS];
      try (Workers workers = new Workers(1); Trial trial = new Trial(kind.spec(width, depth), ROWS, 1, seed, workers)) {
        for (int t = 1; t <= STEPS; t++) {
          Gradient gradient = new Gradients(seed, ROWS, 1).sparse(trial.arena(), t, DRAWS, Values.NORMAL);
          trial.optimizer().step(gradient, 0.01f);
          for (int row = 0; row < ROWS; row++) {
            truth[row] *= kind.decay;
          }
          for (long i = 0; i < gradient.count(); i++) {
            double g = gradient.values().get(ValueLayout.JAVA_FLOAT, gradient.offset(i));
            truth[(int) gradient.row(i)] += kind.scale * (kind.isSigned() ? g : g * g);
          }
        }
        return new Answers(truth, estimates(trial, kind, width, depth, seed));
      }
    }

    private static double[] estimates(Trial trial, Case kind, int width, int depth, long seed) {
      StateArray cells = trial.optimizer().arrays().getFirst();
      assertEquals(4L * width * depth, cells.data().byteSize());
      double factor = kind.options.contains("global")
          ? trial.optimizer().arrays().get(1).data().get(ValueLayout.JAVA_DOUBLE, 0)
          : 1;
      SketchHashes hashes = new SketchHashes(SketchHashes.slotSeed(seed, kind.slot), width, ROWS);
      double[] estimates = new double[ROWS];
      double[] seen = new double[depth];
      for (int row = 0; row < ROWS; row++) {
        for (int j = 0; j < depth; j++) {
          double cell = cells.data().getAtIndex(ValueLayout.JAVA_FLOAT, (long) j * width + hashes.bucket(j, row));
          seen[j] = (kind.isSigned() ? hashes.sign(j, row) : 1) * factor * cell;
        }
        Arrays.sort(seen);
        estimates[row] = seen[kind.isSigned() ? depth / 2 : 0];
      }
      return estimates;
    }

    double norm(int power) {
      return Math.pow(Arrays.stream(truth).map(x -> Math.pow(Math.abs(x), power)).sum(), 1.0 / power);
    }

    /** How many estimates are off by more than {@code error}. */
    int beyond(double error) {
      int beyond = 0;
      for (int row = 0; row < ROWS; row++) {
        beyond += Math.abs(estimates[row] - truth[row]) > error ? 1 : 0;
      }
      return beyond;
    }
  }

  /**
   * Count-min of width e/error never under-estimates, and over-estimates by more than {@code error ||v||_1} with
   * probability at most e^-depth; a tenth of that width does not keep that.
   */
  @ParameterizedTest
  @CsvSource({"adagrad,1", "adagrad,2", "adagrad,3", "rmsprop,1", "rmsprop,2", "rmsprop,3"})
  void countMin_adagradAndGlobalDecay_keepsItsBound(String rule, int depth) {
    Case kind = rule.equals("adagrad")
        ? new Case("adagrad", "v", "count-min", "", 1, 1)
        : new Case("rmsprop:alpha=0.9", "v", "count-min", ":decay=global", 0.9, 0.1);
    int width = 60;
    int beyond = 0;
    int beyondOfNarrow = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Answers answers = Answers.of(kind, width, depth, seed);
      double norm = answers.norm(1);
      for (int row = 0; row < ROWS; row++) {
        assertTrue(answers.estimates[row] >= answers.truth[row] - 1e-5 * norm,
            rule + ", row " + row + ", seed " + seed);
      }
      beyond += answers.beyond(Math.E / width * norm);
      beyondOfNarrow += Answers.of(kind, width / 10, depth, seed).beyond(Math.E / width * norm);
    }
    double allowed = Math.exp(-depth) * ROWS * SEEDS;
    assertTrue(beyond <= allowed, beyond + " estimates beyond the bound, allowed " + allowed);
    assertTrue(beyondOfNarrow > allowed, "the test would not notice a sketch that is too narrow: " + beyondOfNarrow);
  }

  /**
   * Count-sketch of width 4/error^2 errs by more than {@code error ||m||_2} with at most the probability that more than
   * half of the depths do, each with 1/4 (Chebyshev); a tenth of that width does not keep that.
   */
  @ParameterizedTest
  @CsvSource({"1,0.25", "3,0.15625", "5,0.103515625"})
  void countSketch_globalDecay_keepsItsBound(int depth, double chance) {
    Case kind = new Case("momentum:mu=0.9", "m", "count-sketch", ":decay=global", 0.9, 1);
    int width = 100;
    int beyond = 0;
    int beyondOfNarrow = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Answers answers = Answers.of(kind, width, depth, seed);
      double error = Math.sqrt(4.0 / width) * answers.norm(2);
      beyond += answers.beyond(error);
      beyondOfNarrow += Answers.of(kind, width / 10, depth, seed).beyond(error);
    }
    double allowed = chance * ROWS * SEEDS;
    assertTrue(beyond <= allowed, beyond + " estimates beyond the bound, allowed " + allowed);
    assertTrue(beyondOfNarrow > allowed, "the test would not notice a sketch that is too narrow: " + beyondOfNarrow);
  }

  /**
   * With decay of touched rows, in the form of the paper's code and in that of its algorithms, a row's cells decay with
   * its bucket-mates': some estimates are less than half of what the row's own moment is in a dense layout that decays
   * on touch. No bound holds.
   */
  @ParameterizedTest
  @ValueSource(strings = {"", ":decay=queried"})
  void countMin_touchedDecay_underEstimates(String options) {
    Case kind = new Case("rmsprop:alpha=0.9", "v", "count-min", options, 0.9, 0.1);
    int under = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      double[] estimates = Answers.of(kind, 60, 3, seed).estimates;
      float[] truth = denseMoment(seed);
      for (int row = 0; row < ROWS; row++) {
        under += estimates[row] < 0.5 * truth[row] ? 1 : 0;
      }
    }
    assertTrue(under >= SEEDS, under + " estimates below half the truth");
  }

  private static float[] denseMoment(long seed) {
    try (Workers workers = new Workers(1);
        Trial trial = new Trial(OptimizerSpec.parse("rmsprop:alpha=0.9"), ROWS, 1, seed, workers)) {
      for (int t = 1; t <= STEPS; t++) {
        trial.optimizer().step(new Gradients(seed, ROWS, 1).sparse(trial.arena(), t, DRAWS, Values.NORMAL), 0.01f);
      }
      return trial.optimizer().arrays().getFirst().data().toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  /**
   * The stochastic quadratic |x|^2 / 2 with another noise in every row, [64 x 8]; its columns repeat the experiment.
   */
  private static final class Quadratic {
    private static final int ROWS = 64;
    private static final int COLUMNS = 8;
    private static final int STEPS = 1500;

    /** The mean of |grad f|^2 over the second half of the steps. */
    static double plateau(OptimizerSpec spec, long seed) {
      double sum = 0;
      try (Arena arena = Arena.ofConfined();
          Workers workers = new Workers(1);
          Trial trial = new Trial(spec, ROWS, COLUMNS, seed, workers)) {
        MemorySegment g = arena.allocate(4L * ROWS * COLUMNS, 64);
        DenseRows gradient = new DenseRows(g, ROWS, COLUMNS);
        for (int t = 1; t <= STEPS; t++) {
          long key = CounterRandom.key(seed, 4, t);
          for (int i = 0; i < ROWS * COLUMNS; i++) {
            float x = trial.parameters().data().getAtIndex(ValueLayout.JAVA_FLOAT, i);
            sum += t > STEPS / 2 ? x * x : 0;
            int row = i / COLUMNS;
            double noise = Math.pow(10, -2.0 * row / ROWS);
            g.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (x + noise * Gradients.normal(key, i)));
          }
          trial.optimizer().step(gradient, 0.02f);
        }
      }
      return sum / (STEPS - STEPS / 2) / COLUMNS;
    }
  }

  /**
   * Theorem 4.1, as far as it can be seen: where Adam without momentum over count-min stays about shrinks as the sketch
   * grows, and is where dense Adam stays once every row has its own bucket. What is compared are means over seeds, and
   * they must lie more than three standard errors apart.
   */
  @ParameterizedTest
  @ValueSource(strings = {"rmsprop:alpha=0.99:eps=0.001 v=%s", "adam:beta1=0:beta2=0.99:eps=0.001 m=none,v=%s"})
  void plateau_ofAdamWithoutMomentum_shrinksWithTheWidth(String text) {
    double[] dense = plateaus(text, "dense");
    double[] wider = plateaus(text, "count-min:3");
    for (int seed = 0; seed < SEEDS; seed++) {
      assertEquals(dense[seed], wider[seed], 1e-3 * dense[seed], "lossless, seed " + seed);
    }
    for (int width : new int[] {32, 16, 4}) {
      double[] narrower = plateaus(text, "count-min:" + width * 2.0 / Quadratic.ROWS + ":depth=2");
      double difference = 0;
      double squares = 0;
      for (int seed = 0; seed < SEEDS; seed++) {
        double d = narrower[seed] - wider[seed];
        difference += d / SEEDS;
        squares += d * d / SEEDS;
      }
      double standardError = Math.sqrt((squares - difference * difference) / (SEEDS - 1));
      assertTrue(difference > 3 * standardError, "width " + width + ": " + Arrays.toString(narrower)
          + ", wider: " + Arrays.toString(wider));
      wider = narrower;
    }
  }

  private static double[] plateaus(String text, String layout) {
    OptimizerSpec spec = OptimizerSpec.parse(String.format(Locale.ROOT, text, layout));
    double[] plateaus = new double[SEEDS];
    Arrays.setAll(plateaus, seed -> Quadratic.plateau(spec, seed));
    return plateaus;
  }

  /**
   * Count-min of the columns of a row never under-estimates, and over-estimates by more than e times the row's mean
   * bucket in at most 1/e of the cases; two columns of one run of the width never meet, two others with probability 1 /
   * width.
   */
  @Test
  void countMinOfColumns_manySeeds_keepsItsBound() {
    int columns = 200;
    int width = 20;
    int beyond = 0;
    int meet = 0;
    int trials = 400;
    for (int seed = 0; seed < trials; seed++) {
      try (Workers workers = new Workers(1);
          Trial trial = new Trial(OptimizerSpec.parse("adagrad v=count-min:0.1:axis=columns"), 1, columns, seed,
              workers)) {
        double[] truth = new double[columns];
        DenseRows gradient = new Gradients(seed, 1, columns).dense(trial.arena(), 1, Values.NORMAL);
        for (int c = 0; c < columns; c++) {
          float g = gradient.values().getAtIndex(ValueLayout.JAVA_FLOAT, c) / (1 + c % width);
          gradient.values().setAtIndex(ValueLayout.JAVA_FLOAT, c, g);
          truth[c] = g * g;
        }
        trial.optimizer().step(gradient, 1);
        float[] cells = trial.optimizer().arrays().getFirst().data().toArray(ValueLayout.JAVA_FLOAT);
        assertEquals(width, cells.length);
        ColumnSketchMoment buckets = new ColumnSketchMoment(SketchHashes.slotSeed(seed, "v"), 1, width);
        double norm = Arrays.stream(truth).sum();
        for (int c = 0; c < columns; c++) {
          double estimate = cells[buckets.bucket(c)];
          assertTrue(estimate >= truth[c] * (1 - 1e-5), "column " + c + ", seed " + seed);
          beyond += estimate - truth[c] > Math.E / width * norm ? 1 : 0;
        }
        meet += buckets.bucket(3) == buckets.bucket(width + 7) ? 1 : 0;
      }
    }
    assertTrue(beyond <= columns * trials / Math.E, beyond + " of " + columns * trials);
    double deviation = Math.sqrt(trials * (1.0 / width) * (1 - 1.0 / width));
    assertEquals((double) trials / width, meet, 4 * deviation, "columns 3 and " + (width + 7) + " met");
  }
}
