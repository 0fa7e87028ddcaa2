/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.gradient.SparseRows;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.Probe;
import dev.sublinear.step.Probe.Deviation;
import dev.sublinear.step.Workers;
import dev.sublinear.testkit.gradients.Gradients;
import dev.sublinear.testkit.gradients.Gradients.Values;
import dev.sublinear.testkit.oracle.DenseMoment;
import dev.sublinear.testkit.oracle.SketchHashes;
import dev.sublinear.testkit.oracle.SketchMoment;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a probe measures. */
final class ProbeTest {
  private static final int ROWS = 60;
  private static final int COLUMNS = 5;
  private static final int STEPS = 30;
  private static final int DRAWS = 15;
  private static final long SEED = 41;

  /** The deviations after {@link #STEPS} steps of sparse gradients. */
  private static List<Deviation> run(String optimizer, int probed) {
    try (Workers workers = new Workers(1);
        Trial trial = new Trial(OptimizerSpec.parse(optimizer), ROWS, COLUMNS, SEED, workers)) {
      Probe probe = new Probe(trial.optimizer(), probed, SEED, trial.arena(), workers);
      Gradients gradients = new Gradients(SEED, ROWS, COLUMNS);
      for (int t = 1; t <= STEPS; t++) {
        SparseRows gradient = gradients.sparse(trial.arena(), t, DRAWS, Values.NORMAL);
        trial.optimizer().step(gradient, 0.01f);
        probe.follow(gradient);
      }
      return probe.measure();
    }
  }

  /** The same deviations from sums in double precision: a sketch and the moment itself, all rows of both. */
  private static Deviation expected(String slot, SketchMoment.Kind kind, double ratio, double decay, double scale) {
    SketchHashes hashes = new SketchHashes(SketchHashes.slotSeed(SEED, slot),
        SketchMoment.width(ROWS, ratio, kind.depth()), ROWS);
    SketchMoment sketch = new SketchMoment(kind, hashes, COLUMNS);
    DenseMoment moment = new DenseMoment(ROWS, COLUMNS);
    double[][] exact = new double[ROWS][COLUMNS];
    Gradients gradients = new Gradients(SEED, ROWS, COLUMNS);
    for (int t = 1; t <= STEPS; t++) {
      sketch.beginStep(t, decay);
      if (kind.global()) {
        Arrays.setAll(exact, row -> moment.accumulate(row, decay, 0, new double[COLUMNS]));
      }
      SparseRows gradient = gradients.sparse(Arena.ofAuto(), t, DRAWS, Values.NORMAL);
      for (long i = 0; i < gradient.count(); i++) {
        int row = (int) gradient.row(i);
        double[] x = new double[COLUMNS];
        for (int c = 0; c < COLUMNS; c++) {
          double g = gradient.values().get(ValueLayout.JAVA_FLOAT, gradient.offset(i) + 4L * c);
          x[c] = kind.signed() ? g : g * g;
        }
        sketch.accumulate(row, decay, scale, x);
        exact[row] = moment.accumulate(row, kind.global() ? 1 : decay, scale, x);
      }
    }
    double errors = 0;
    double squares = 0;
    double excess = 0;
    double mass = 0;
    for (int row = 0; row < ROWS; row++) {
      double[] estimate = sketch.query(row);
      for (int c = 0; c < COLUMNS; c++) {
        double difference = estimate[c] - exact[row][c];
        errors += difference * difference;
        squares += exact[row][c] * exact[row][c];
        excess += difference;
        mass += Math.abs(exact[row][c]);
      }
    }
    return new Deviation(slot, Math.sqrt(errors / squares), excess / mass);
  }

  private static void assertClose(Deviation expected, Deviation measured) {
    assertEquals(expected.slot(), measured.slot());
    assertEquals(expected.relativeError(), measured.relativeError(), 1e-5, () -> measured + ", seed " + SEED);
    assertEquals(expected.overEstimate(), measured.overEstimate(), 1e-5, () -> measured + ", seed " + SEED);
    assertTrue(measured.relativeError() > 0.1, () -> "a sketch that small must be wrong: " + measured);
  }

  @Test
  void measure_smallCountSketch_isWhatDoublePrecisionGives() {
    SketchMoment.Kind touched = new SketchMoment.Kind(true, 3, false, true, 0, 1);
    assertClose(expected("m", touched, 0.5, 0.9, 1), run("momentum m=count-sketch:0.5", ROWS).getFirst());
    SketchMoment.Kind global = new SketchMoment.Kind(true, 3, true, false, 0, 1);
    assertClose(expected("m", global, 0.5, 0.9, 1), run("momentum m=count-sketch:0.5:decay=global", ROWS).getFirst());
  }

  @Test
  void measure_smallCountMin_isWhatDoublePrecisionGives() {
    SketchMoment.Kind touched = new SketchMoment.Kind(false, 3, false, true, 0, 1);
    assertClose(expected("v", touched, 0.5, 0.9, 0.1), run("rmsprop:alpha=0.9 v=count-min:0.5", ROWS).getFirst());
    SketchMoment.Kind global = new SketchMoment.Kind(false, 3, true, false, 0, 1);
    assertClose(expected("v", global, 0.5, 0.9, 0.1),
        run("rmsprop:alpha=0.9 v=count-min:0.5:decay=global", ROWS).getFirst());
  }

  /** The sign of the over-estimate is what the decay of a count-min is chosen by. */
  @Test
  void overEstimate_ofCountMin_isPositiveWhereItIsLinear() {
    assertTrue(run("rmsprop:alpha=0.9 v=count-min:0.3:decay=global", 20).getFirst().overEstimate() > 0);
    assertTrue(run("adagrad v=count-min:0.3", 20).getFirst().overEstimate() > 0);
    assertTrue(run("adagrad v=count-min:0.3:clean=7x0.1", 20).getFirst().overEstimate() < 0, "cleaned away");
  }

  /** v = (1, 4, 7) and (25, 25, 25) in two rows, held as their means 4 and 25. */
  @Test
  void measure_rowWise_isWhatAHandComputes() {
    try (Workers workers = new Workers(1);
        Trial trial = new Trial(OptimizerSpec.parse("adagrad v=row-wise"), 2, 3, SEED, workers)) {
      Probe probe = new Probe(trial.optimizer(), 2, SEED, trial.arena(), workers);
      float[] values = {1, 2, (float) Math.sqrt(7), 5, 5, 5};
      SparseRows gradient = new SparseRows(new long[] {0, 1}, 2,
          trial.arena().allocateFrom(ValueLayout.JAVA_FLOAT, values), 3);
      assertEquals(new Deviation("v", 0, 0), probe.measure().getFirst());
      trial.optimizer().step(gradient, 0.1f);
      assertEquals("probe has followed 0 of 1 steps",
          assertThrows(IllegalStateException.class, probe::measure).getMessage());
      probe.follow(gradient);
      Deviation measured = probe.measure().getFirst();
      assertEquals(Math.sqrt(18.0 / (1 + 16 + 49 + 3 * 625)), measured.relativeError(), 1e-6);
      assertEquals(0, measured.overEstimate(), 1e-6);
    }
  }

  @Test
  void measure_layoutNone_isLeftOut() {
    assertEquals(List.of("v"), run("adam m=none,v=count-min:0.3", 5).stream().map(Deviation::slot).toList());
    assertEquals(List.of("m", "v", "vmax"), run("amsgrad", 5).stream().map(Deviation::slot).toList());
    assertEquals(List.of(), run("sgd", 5));
  }

  @Test
  void measure_exactIsZeroAndEstimateIsNot_isInfinite() {
    try (Workers workers = new Workers(1);
        Trial trial = new Trial(OptimizerSpec.parse("adagrad v=count-min:0.1"), ROWS, COLUMNS, SEED, workers)) {
      Probe probe = new Probe(trial.optimizer(), 1, SEED, trial.arena(), workers);
      Gradients gradients = new Gradients(SEED, ROWS, COLUMNS);
      SparseRows others = gradients.ofRows(trial.arena(), 1, Values.NORMAL,
          LongStream.range(0, ROWS).filter(row -> row != probe.rows()[0]).toArray());
      trial.optimizer().step(others, 0.1f);
      probe.follow(others);
      double infinity = Double.POSITIVE_INFINITY;
      assertEquals(new Deviation("v", infinity, infinity), probe.measure().getFirst());
    }
  }

  /** Uniform, distinct, ascending, and the same for every optimizer with the seed. */
  @Test
  void rows_areDrawnUniformlyWithoutRepetition() {
    try (Workers workers = new Workers(1); Trial trial = new Trial(OptimizerSpec.parse("sgd"), 10, 2, SEED, workers)) {
      int[] drawn = new int[10];
      int seeds = 800;
      for (long seed = 0; seed < seeds; seed++) {
        long[] rows = new Probe(trial.optimizer(), 4, seed, trial.arena(), workers).rows();
        assertEquals(4, LongStream.of(rows).distinct().count());
        for (int i = 0; i < 4; i++) {
          assertTrue(i == 0 || rows[i] > rows[i - 1]);
          drawn[(int) rows[i]]++;
        }
      }
      double deviation = Math.sqrt(seeds * 0.4 * 0.6);
      for (int count : drawn) {
        assertEquals(0.4 * seeds, count, 4 * deviation, () -> Arrays.toString(drawn));
      }
      assertEquals(10, new Probe(trial.optimizer(), 11, 1, trial.arena(), workers).rows().length);
    }
  }

  @Test
  void new_noRowsOrALateStart_isRefused() {
    try (Workers workers = new Workers(1); Trial trial = new Trial(OptimizerSpec.parse("adam"), 9, 2, SEED, workers)) {
      assertEquals("probe of 0 rows: must be >= 1", assertThrows(IllegalArgumentException.class,
          () -> new Probe(trial.optimizer(), 0, 1, trial.arena(), workers)).getMessage());
      trial.optimizer().step(new Gradients(SEED, 9, 2).sparse(trial.arena(), 1, 3, Values.NORMAL), 0.1f);
      assertEquals("probe of an optimizer at step 1: it must see every step from the first",
          assertThrows(IllegalArgumentException.class,
              () -> new Probe(trial.optimizer(), 3, 1, trial.arena(), workers)).getMessage());
    }
  }
}
