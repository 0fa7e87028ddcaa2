/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.layout.CountMin;
import dev.sublinear.layout.CountMinColumns;
import dev.sublinear.layout.CountSketch;
import dev.sublinear.layout.Dense;
import dev.sublinear.layout.None;
import dev.sublinear.layout.RankOne;
import dev.sublinear.layout.RankOneSvd;
import dev.sublinear.layout.RowWise;
import dev.sublinear.layout.SketchOptions;
import dev.sublinear.layout.Slot;
import dev.sublinear.layout.Sm3Cover;
import dev.sublinear.layout.StateLayout;
import dev.sublinear.rule.Rules;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.Workers;
import dev.sublinear.testkit.Combinations;
import dev.sublinear.testkit.Trial;
import dev.sublinear.testkit.gradients.Gradients;
import dev.sublinear.testkit.gradients.Gradients.Values;
import dev.sublinear.testkit.oracle.ColumnSketchMoment;
import dev.sublinear.testkit.oracle.DenseMoment;
import dev.sublinear.testkit.oracle.Moment;
import dev.sublinear.testkit.oracle.NoMoment;
import dev.sublinear.testkit.oracle.RankOneMoment;
import dev.sublinear.testkit.oracle.RankOneSvdMoment;
import dev.sublinear.testkit.oracle.RowMeanMoment;
import dev.sublinear.testkit.oracle.RuleOracle;
import dev.sublinear.testkit.oracle.SketchHashes;
import dev.sublinear.testkit.oracle.SketchMoment;
import dev.sublinear.testkit.oracle.Sm3Moment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Rules and layouts against the same in double precision, colliding sketches included.
 *
 * <p>How close: after t steps every parameter is within {@code 4 t} float ulp of the oracle's, where an ulp is that of
 * the larger of the parameter's size and the largest step any parameter has made so far (a small estimate in one column
 * of a sketch is the difference of larger cells). Layouts without an oracle (stochastic rounding, newcomers) are not
 * covered here; rules without one fail, see {@link RuleOracle}.
 */
public class OracleSuite {
  private static final int ROWS = 100; // more than three blocks of Scratch.ROWS_AHEAD
  private static final int COLUMNS = 6;
  private static final int STEPS = 40;
  private static final float LEARNING_RATE = 0.02f;
  private static final long SEED = 25;

  /** One test per combination whose layouts all have an oracle. */
  @TestFactory
  public Stream<DynamicTest> step_anyRule_followsTheOracle() {
    return Combinations.withOptions().stream().map(spec -> Combinations.colliding(spec, ROWS))
        .filter(spec -> moments(spec).isPresent())
        .map(spec -> dynamicTest(spec.toString(), () -> check(spec, moments(spec).orElseThrow())));
  }

  /** A rule without an oracle is not finished. */
  @Test
  public void everyRule_hasAnOracle() {
    Rules.all().forEach(rule -> assertTrue(RuleOracle.knows(rule), () -> rule + ": add it to RuleOracle"));
  }

  private static Optional<List<Moment>> moments(OptimizerSpec spec) {
    List<Moment> moments = new ArrayList<>();
    for (int k = 0; k < spec.layouts().size(); k++) {
      Slot slot = spec.rule().slots().get(k);
      Optional<Moment> moment = moment(spec.layouts().get(k), slot);
      if (moment.isEmpty()) {
        return Optional.empty();
      }
      if (slot.kind() != Slot.Kind.MAXIMUM) {
        moments.add(moment.get());
      }
    }
    return Optional.of(moments);
  }

  private static Optional<Moment> moment(StateLayout layout, Slot slot) {
    return switch (layout) {
      case Dense dense -> Optional.of(new DenseMoment(ROWS, COLUMNS));
      case RowWise rowWise -> Optional.of(new RowMeanMoment(ROWS));
      case RankOne rankOne -> Optional.of(new RankOneMoment(ROWS, COLUMNS));
      case RankOneSvd svd -> Optional.of(new RankOneSvdMoment(ROWS, COLUMNS));
      case Sm3Cover(Sm3Cover.Variant variant) ->
        Optional.of(new Sm3Moment(variant == Sm3Cover.Variant.II, ROWS, COLUMNS));
      case None none -> Optional.of(new NoMoment());
      case CountSketch(SketchOptions options) -> sketch(options, true, slot);
      case CountMin(SketchOptions options) -> sketch(options, false, slot);
      case CountMinColumns(double ratio) -> Optional.of(new ColumnSketchMoment(
          SketchHashes.slotSeed(SEED, slot.name()), ROWS, (int) Math.ceil(COLUMNS * ratio - 1e-9)));
      default -> Optional.empty();
    };
  }

  private static Optional<Moment> sketch(SketchOptions options, boolean signed, Slot slot) {
    if (options.cells() != SketchOptions.Cells.F32) {
      return Optional.empty();
    }
    SketchOptions.Cleaning cleaning = options.cleaning();
    SketchMoment.Kind kind =
        new SketchMoment.Kind(signed, options.depth(), options.decay() == SketchOptions.Decay.GLOBAL,
            options.decay() == SketchOptions.Decay.TOUCHED,
            cleaning == null ? 0 : cleaning.every(), cleaning == null ? 1 : cleaning.factor());
    long width = SketchMoment.width(ROWS, options.ratio(), options.depth());
    return Optional
        .of(new SketchMoment(kind, new SketchHashes(SketchHashes.slotSeed(SEED, slot.name()), width, ROWS), COLUMNS));
  }

  private static void check(OptimizerSpec spec, List<Moment> moments) {
    try (Workers workers = new Workers(1); Trial trial = new Trial(spec, ROWS, COLUMNS, SEED, workers)) {
      RuleOracle oracle = new RuleOracle(spec.rule(), doubles(trial.parameters()), moments);
      Gradients gradients = new Gradients(SEED, ROWS, COLUMNS);
      double largestStep = 0;
      for (int t = 1; t <= STEPS; t++) {
        Gradient gradient = t % 5 == 0
            ? gradients.dense(trial.arena(), t, Values.NORMAL)
            : gradients.sparse(trial.arena(), t, 10, Values.NORMAL);
        double[][] before = doubles(trial.parameters());
        trial.optimizer().step(gradient, LEARNING_RATE);
        oracle.step(IntStream.range(0, (int) gradient.count()).map(i -> (int) gradient.row(i)).toArray(),
            doubles(gradient), LEARNING_RATE);
        double[][] after = doubles(trial.parameters());
        for (int row = 0; row < ROWS; row++) {
          for (int c = 0; c < COLUMNS; c++) {
            largestStep = Math.max(largestStep, Math.abs(after[row][c] - before[row][c]));
          }
        }
        for (int row = 0; row < ROWS; row++) {
          for (int c = 0; c < COLUMNS; c++) {
            double expected = oracle.theta()[row][c];
            double ulp = Math.ulp((float) Math.max(Math.abs(expected), largestStep));
            assertEquals(expected, after[row][c], 4 * t * ulp,
                spec + ": row " + row + ", column " + c + ", step " + t + ", seed " + SEED);
          }
        }
      }
    }
  }

  private static double[][] doubles(RowTable table) {
    double[][] values = new double[(int) table.rows()][table.columns()];
    for (int row = 0; row < values.length; row++) {
      for (int c = 0; c < values[row].length; c++) {
        values[row][c] = table.get(row, c);
      }
    }
    return values;
  }

  private static double[][] doubles(Gradient gradient) {
    double[][] values = new double[(int) gradient.count()][gradient.columns()];
    for (int i = 0; i < values.length; i++) {
      for (int c = 0; c < values[i].length; c++) {
        values[i][c] = gradient.values().get(ValueLayout.JAVA_FLOAT, gradient.offset(i) + 4L * c);
      }
    }
    return values;
  }
}
