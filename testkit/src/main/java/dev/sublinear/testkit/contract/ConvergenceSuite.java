/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sublinear.gradient.RowTable;
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

/** Every combination minimizes three small functions: it brings the loss down by a factor. */
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

  private static final List<Task> TASKS = List.of(
      new Task("parabola", new Problems.Parabola(20, 4), 300, 1e5,
          Map.of("sgd", 0.3, "momentum", 0.1, "adagrad", 0.8, "rmsprop", 0.1, ANY_RULE, 0.1)),
      new Task("Rosenbrock", new Problems.Rosenbrock(8), 3000, 50,
          Map.of("sgd", 1e-3, "momentum", 6e-4, "adagrad", 0.5, "rmsprop", 0.02, ANY_RULE, 0.05)),
      new Task("sparse logistic regression", new Problems.SparseLogistic(), 800, 20,
          Map.of("sgd", 20.0, "momentum", 3.0, "adagrad", 1.0, "rmsprop", 0.1, ANY_RULE, 0.1)));

  /** One test per problem and combination. */
  @TestFactory
  public Stream<DynamicTest> minimize_everyCombination_bringsTheLossDown() {
    return TASKS.stream().flatMap(task -> Combinations.withOptions().stream()
        .map(spec -> dynamicTest(task.name + ": " + spec, () -> check(task, Combinations.halfWidth(spec)))));
  }

  private static void check(Task task, OptimizerSpec spec) {
    Problem problem = task.problem;
    boolean exact = spec.layouts().stream().allMatch(layout -> layout.lossless(problem.rows(), problem.columns()));
    double factor = exact ? task.exact : APPROXIMATE;
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
      assertTrue(after * factor <= before,
          () -> spec + " on the " + task.name + ": the loss went from " + before + " to "
              + after + ", asked for " + before / factor);
    }
  }
}
