/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sublinear.gradient.RowTable;
import dev.sublinear.layout.CountSketch;
import dev.sublinear.layout.None;
import dev.sublinear.layout.RankOne;
import dev.sublinear.layout.RankOneSvd;
import dev.sublinear.layout.SketchOptions;
import dev.sublinear.layout.Slot;
import dev.sublinear.layout.Sm3Cover;
import dev.sublinear.rule.Adafactor;
import dev.sublinear.rule.Sm3;
import dev.sublinear.rule.UpdateRule;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.Workers;
import dev.sublinear.testkit.Combinations;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every combination minimizes three small functions: it brings the loss down by a factor; a few are known not to. */
public class ConvergenceSuite {
  /**
   * A problem, and what is asked of an optimizer on it.
   *
   * @param name its name in reports
   * @param problem the problem
   * @param steps number of steps; the learning rate falls to 0 over them in a straight line
   * @param exact by what factor the loss must fall with layouts that keep every element apart and exact
   * @param rates learning rate by rule; a rule that is not listed gets that of {@link #ANY_RULE}
   */
  private record Task(String name, Problem problem, int steps, double exact, Map<String, Double> rates) {
    double rate(UpdateRule rule) {
      return rates.getOrDefault(rule.name(), rates.get(ANY_RULE));
    }
  }

  private static final String ANY_RULE = "";

  /** By what factor the loss must fall with layouts that lose something. */
  private static final double APPROXIMATE = 10;

  /**
   * The same with a first moment of which every step keeps one direction and loses the others. That is slow, not stuck:
   * {@code adam m=rank-one-svd} brings the loss of the logistic regression down by 4 in 800 steps, by 10 in 3200 and by
   * 39 in 12800, where dense moments need 800 for 56.
   */
  private static final double ONE_DIRECTION = 3;

  /**
   * The same with a first moment in a sketch whose cells decay with each of the rows that are in them: it is gone after
   * fewer steps than beta1 says. {@code adafactor}, whose rate is at most 1 / sqrt(t), brings the loss of the logistic
   * regression down by 4.4 to 5.4, the Adam family with {@code v=sm3} by 8.6 to 9.9; {@code sm3} brings Rosenbrock's
   * function down by 9.1 to 9.4, with {@code decay=global} too.
   */
  private static final double SHORT_LIVED = 4;

  private static final List<Task> TASKS = List.of(
      new Task("parabola", new Problems.Parabola(20, 4), 300, 1e5,
          Map.of("sgd", 0.3, "momentum", 0.1, "adagrad", 0.8, "sm3", 0.8, "rmsprop", 0.1, "adafactor", 1.0, ANY_RULE,
              0.1)),
      new Task("Rosenbrock", new Problems.Rosenbrock(8), 3000, 50,
          Map.of("sgd", 1e-3, "momentum", 6e-4, "adagrad", 0.5, "sm3", 0.5, "rmsprop", 0.02, ANY_RULE, 0.05)),
      new Task("sparse logistic regression", new Problems.SparseLogistic(), 800, 20,
          Map.of("sgd", 20.0, "momentum", 3.0, "adagrad", 1.0, "sm3", 1.0, "rmsprop", 0.1, "adafactor", 1.0, ANY_RULE,
              0.1)));

  /** One test per problem and combination. */
  @TestFactory
  public Stream<DynamicTest> minimize_everyCombination_bringsTheLossDown() {
    return TASKS.stream().flatMap(task -> Combinations.withOptions().stream()
        .map(spec -> dynamicTest(task.name + ": " + spec, () -> check(task, Combinations.halfWidth(spec)))));
  }

  private static boolean keepsOneDirection(OptimizerSpec spec) {
    return spec.rule().slots().stream().anyMatch(slot -> slot.kind() == Slot.Kind.SIGNED)
        && spec.layouts().getFirst() instanceof RankOneSvd;
  }

  private static boolean isShortLived(OptimizerSpec spec) {
    boolean isSm3 = spec.rule() instanceof Sm3;
    boolean isSlow = isSm3 || spec.rule() instanceof Adafactor
        || spec.layouts().stream().anyMatch(Sm3Cover.class::isInstance);
    return isSlow && spec.layouts().stream().anyMatch(layout -> layout instanceof CountSketch(SketchOptions options)
        && (isSm3 || options.decay() == SketchOptions.Decay.TOUCHED));
  }

  /**
   * What is there to be measured rather than trained with. Sums of a moment with a sign estimate nothing. The best
   * approximation of rank one has elements near 0 where v is not: Adam bounds the step that comes of it, and a mean
   * over steps shortens it; Adagrad and RMSprop do not, and go far astray where the rate is high and all elements have
   * a gradient.
   */
  private static boolean isKnownToDiverge(Task task, OptimizerSpec spec) {
    return spec.layouts().contains(new RankOne(true))
        || (task.name.equals("parabola") && spec.layouts().contains(new RankOneSvd())
            && (List.of("adagrad", "rmsprop").contains(spec.rule().name())
                || (spec.rule().name().equals("sm3") && spec.layouts().contains(new None()))));
  }

  private static void check(Task task, OptimizerSpec spec) {
    Problem problem = task.problem;
    // Adafactor's rate is at most 1 / sqrt(t), whatever is asked for.
    boolean exact = !(spec.rule() instanceof Adafactor)
        && spec.layouts().stream().allMatch(layout -> layout.lossless(problem.rows(), problem.columns()));
    double factor = exact
        ? task.exact
        : keepsOneDirection(spec) ? ONE_DIRECTION : isShortLived(spec) ? SHORT_LIVED : APPROXIMATE;
    try (Arena arena = Arena.ofShared(); Workers workers = new Workers(1)) {
      RowTable table = RowTable.allocate(arena, problem.rows(), problem.columns());
      problem.start(table);
      double before = problem.loss(table);
      RowOptimizer optimizer = new RowOptimizer(spec, table, 1, arena, workers);
      for (int t = 0; t < task.steps; t++) {
        try (Arena step = Arena.ofConfined()) {
          float rate = (float) (task.rate(spec.rule()) * (task.steps - t) / task.steps);
          optimizer.step(problem.gradient(table, t, step), rate);
        }
      }
      double after = problem.loss(table);
      if (isKnownToDiverge(task, spec)) {
        assertFalse(after <= before, () -> spec + " on the " + task.name + ": the loss went from " + before + " to "
            + after + "; if it converges now, ask it to");
        return;
      }
      assertTrue(after * factor <= before,
          () -> spec + " on the " + task.name + ": the loss went from " + before + " to "
              + after + ", asked for " + before / factor);
    }
  }
}
