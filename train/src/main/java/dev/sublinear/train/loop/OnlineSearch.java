/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import dev.sublinear.matrix.online.OnlineMethod;
import dev.sublinear.matrix.online.OnlineOptions;
import dev.sublinear.train.data.Examples;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Several passes of one online method over the same examples, side by side on a number of threads, each on one: what
 * comes out does not depend on the number. The published grid is that of Feinberg et al., Sketchy, 2023 (arXiv
 * 2302.03764), appendix A. Thread-safe: no state.
 */
public final class OnlineSearch {
  private static final int DECADES = 6;
  private static final int STEPS_OF_A_DECADE = 8;

  /**
   * One setting and how its pass went.
   *
   * @param options the setting
   * @param result of the pass
   */
  public record Point(OnlineOptions options, OnlinePass.Result result) {}

  private OnlineSearch() {}

  /**
   * The published grid: 49 rates from 1e-6 to 1, eight for each decade, with delta 0; for methods that divide by delta,
   * 7 rates by 7 deltas from 1e-6 to 1, one for each decade. The paper has no full-matrix AdaGrad; it gets the 49
   * rates.
   */
  public static List<OnlineOptions> grid(OnlineMethod method, int sketch) {
    List<OnlineOptions> grid = new ArrayList<>();
    int steps = method.dividesByDelta() ? 1 : STEPS_OF_A_DECADE;
    for (double rate : decades(steps)) {
      for (double delta : method.dividesByDelta() ? decades(1) : new double[] {0}) {
        grid.add(new OnlineOptions(sketch, rate, delta));
      }
    }
    return grid;
  }

  private static double[] decades(int steps) {
    return IntStream.rangeClosed(-DECADES * steps, 0).mapToDouble(k -> StrictMath.pow(10, (double) k / steps))
        .toArray();
  }

  /**
   * Runs a pass for each setting.
   *
   * @return a point for each of {@code settings}, in their order
   * @throws IllegalArgumentException if the method cannot use one of them, before the first pass
   */
  public static List<Point> run(OnlineMethod method, Examples examples, List<OnlineOptions> settings, int threads) {
    int d = OnlinePass.weights(examples);
    settings.forEach(options -> method.check(d, options));
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      List<Future<Point>> points = new ArrayList<>();
      for (OnlineOptions options : settings) {
        points.add(workers.submit(
            () -> new Point(options, OnlinePass.run(method.start(d, options), examples))));
      }
      List<Point> done = new ArrayList<>();
      try {
        for (Future<Point> point : points) {
          done.add(point.get());
        }
      } finally {
        points.forEach(point -> point.cancel(false)); // a failure need not wait for those that have not begun
      }
      return done;
    } catch (ExecutionException e) {
      throw new IllegalStateException(method.name() + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(method.name() + ": interrupted", e);
    }
  }

  /** The point of the least loss, the first of equal ones. */
  public static Point best(List<Point> points) {
    return points.stream().min(Comparator.comparingDouble(point -> point.result().loss())).orElseThrow();
  }
}
