/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.matrix.online.OnlineLearner;
import dev.sublinear.matrix.online.OnlineMethod;
import dev.sublinear.matrix.online.OnlineMethods;
import dev.sublinear.matrix.online.OnlineOptions;
import dev.sublinear.train.data.Examples;
import dev.sublinear.train.data.LibsvmFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The protocol: what a learner is shown, in which order, and what is counted. */
class OnlinePassTest {
  @TempDir Path folder;

  private Examples examples(String text) throws IOException {
    return LibsvmFile.read(Files.writeString(folder.resolve("rows"), text));
  }

  /** Weights that never move, and the gradients shown to them. */
  private record Watcher(double[] weights, List<String> seen) implements OnlineLearner {
    @Override
    public void step(int n, int[] index, double[] value) {
      seen.add(Arrays.toString(Arrays.copyOf(index, n)) + Arrays.toString(Arrays.copyOf(value, n)));
    }
  }

  @Test
  void run_showsGradientsInOrder_withTheBiasLast() throws IOException {
    Watcher watcher = new Watcher(new double[4], new ArrayList<>());
    OnlinePass.Result result = OnlinePass.run(watcher, examples("1 1:2 3:-4\n-1\n0 2:6\n2 3:1\n"));
    assertEquals(List.of("[0, 2, 3][-1.0, 2.0, -0.5]", "[3][0.5]", "[1, 3][3.0, 0.5]", "[2, 3][-0.5, -0.5]"),
        watcher.seen);
    assertEquals(4, result.rows());
    assertEquals(3, result.features());
    assertEquals(Math.log(2), result.loss(), 1e-15);
    assertEquals(0.5, result.errorRate(), "p = 0 says no, which is wrong for the two positive rows");
  }

  @Test
  void run_countsLossAndMistakesBeforeTheStep() throws IOException {
    OnlineLearner learner = OnlineMethods.named("ogd").start(2, new OnlineOptions(0, 1, 0));
    // p = 0, then w = (-0.5, -0.5) and p = -1.5 for a positive row.
    OnlinePass.Result result = OnlinePass.run(learner, examples("-1 1:1\n+1 1:2\n"));
    assertEquals((Math.log(2) + Math.log(1 + Math.exp(1.5))) / 2, result.loss(), 1e-15);
    assertEquals(0.5, result.errorRate());
    double slope = 1 / (1 + Math.exp(1.5)) - 1;
    assertEquals(-0.5 - 2 * slope / Math.sqrt(2), learner.weights()[0], 1e-15);
  }

  @Test
  void lossAndSlope_doNotOverflow() {
    for (double p : new double[] {-800, -30, -1, 0, 1, 30, 800}) {
      double naive = Math.log(1 + Math.exp(-p));
      assertEquals(p < -700 ? -p : naive, OnlinePass.loss(p, true), 1e-13 * Math.max(1, -p));
      assertEquals(OnlinePass.loss(p, true), OnlinePass.loss(-p, false));
      assertEquals(1 / (1 + Math.exp(-p)), OnlinePass.slope(p, false), 1e-15);
      assertEquals(-OnlinePass.slope(-p, false), OnlinePass.slope(p, true), 1e-15);
    }
    assertTrue(OnlinePass.loss(800, true) == 0 || OnlinePass.loss(800, true) < 1e-300);
  }

  @Test
  void run_learnerThatDiverges_hasAnInfiniteLoss() throws IOException {
    Watcher watcher = new Watcher(new double[] {Double.NaN, 0}, new ArrayList<>());
    OnlinePass.Result result = OnlinePass.run(watcher, examples("1\n1 1:1\n1 1:1\n"));
    assertEquals(Double.POSITIVE_INFINITY, result.loss());
    assertTrue(Double.isNaN(result.errorRate()));
    assertTrue(watcher.seen.size() < 3, watcher.seen.toString());
    assertThrows(IllegalArgumentException.class,
        () -> OnlinePass.run(new Watcher(new double[3], watcher.seen), examples("1 1:1\n")));
  }

  @Test
  void grid_isThePublishedOne() {
    List<OnlineOptions> rates = OnlineSearch.grid(OnlineMethods.named("s-adagrad"), 7);
    assertEquals(49, rates.size());
    assertEquals(new OnlineOptions(7, 1e-6, 0), rates.getFirst());
    assertEquals(0.133352143216, rates.get(41).learningRate(), 1e-12);
    assertEquals(new OnlineOptions(7, 1, 0), rates.getLast());
    List<OnlineOptions> pairs = OnlineSearch.grid(OnlineMethods.named("ada-fd"), 7);
    assertEquals(49, pairs.size());
    assertTrue(pairs.contains(new OnlineOptions(7, 0.01, 1)) && pairs.contains(new OnlineOptions(7, 1, 1e-6)));
  }

  @Test
  void search_isTheSameOnManyThreads_andInOrder() throws IOException {
    Random random = new Random(5);
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < 80; row++) {
      double first = random.nextGaussian();
      text.append(first > 0.3 ? 2 : first < -0.3 ? -1 : random.nextInt(2)).append(" 1:").append(first).append(" 3:")
          .append(random.nextGaussian()).append('\n');
    }
    Examples examples = examples(text.toString());
    for (OnlineMethod method : OnlineMethods.all()) {
      List<OnlineOptions> grid = OnlineSearch.grid(method, 3);
      List<OnlineSearch.Point> one = OnlineSearch.run(method, examples, grid, 1);
      assertEquals(List.of(), OnlineSearch.run(method, examples, List.of(), 4));
      List<OnlineSearch.Point> four = OnlineSearch.run(method, examples, grid, 4);
      assertEquals(grid, four.stream().map(OnlineSearch.Point::options).toList());
      assertEquals(one.stream().map(point -> point.result().loss()).toList(),
          four.stream().map(point -> point.result().loss()).toList());
      double least = one.stream().mapToDouble(point -> point.result().loss()).min().orElseThrow();
      assertEquals(least, OnlineSearch.best(one).result().loss());
      assertTrue(least < Math.log(2), method.name());
    }
  }
}
