/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.online;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every registered method against the papers' formulas with whole matrices, reductions, and what is refused. */
class OnlineMethodsTest {
  private static List<String> names() {
    return OnlineMethods.all().stream().map(OnlineMethod::name).toList();
  }

  /** Gradients with some zeros, in no more than {@code rank} dimensions. */
  private static double[][] gradients(int d, int rank, int steps, long seed) {
    Random random = new Random(seed);
    double[][] basis = new double[rank][];
    for (int i = 0; i < rank; i++) {
      basis[i] = random.doubles(d).map(x -> x < 0.4 ? 0 : x - 0.7).toArray();
    }
    double[][] gradients = new double[steps][d];
    for (double[] g : gradients) {
      for (double[] direction : basis) {
        double factor = random.nextGaussian();
        for (int i = 0; i < d; i++) {
          g[i] += factor * direction[i];
        }
      }
    }
    return gradients;
  }

  static void step(OnlineLearner learner, double... g) {
    int[] index = IntStream.range(0, g.length).filter(i -> g[i] != 0).toArray();
    double[] value = Arrays.stream(index).mapToDouble(i -> g[i]).toArray();
    learner.step(index.length, Arrays.copyOf(index, index.length + 2), Arrays.copyOf(value, value.length + 2));
  }

  @ParameterizedTest
  @MethodSource("names")
  void step_followsThePaper(String name) {
    for (int d : new int[] {1, 2, 5, 13}) {
      for (int sketch : new int[] {1, 2, 4, d, d + 1}) {
        for (double delta : new double[] {0, 0.3}) {
          OnlineMethod method = OnlineMethods.named(name);
          if (sketch > d + 1 || (method.dividesByDelta() && delta == 0)) {
            continue;
          }
          OnlineOptions options = new OnlineOptions(sketch, 0.2, delta);
          // Without delta the first little that escapes is divided by, and rounding errors with it.
          double tolerance = name.equals("rfd-son") && delta == 0 ? 1e-6 : 1e-9;
          OnlineLearner learner = method.start(d, options);
          OnlineOracle oracle = new OnlineOracle(name, d, options);
          for (double[] g : gradients(d, d, 40, 7L + d)) {
            step(learner, g);
            oracle.step(g);
            double largest = Arrays.stream(oracle.weights()).map(Math::abs).max().orElseThrow();
            assertArrayEquals(oracle.weights(), learner.weights(), tolerance * Math.max(1, largest),
                options + ", d " + d);
          }
        }
      }
    }
  }

  @Test
  void ogd_byHand() {
    OnlineLearner learner = OnlineMethods.named("ogd").start(2, new OnlineOptions(0, 0.5, 3));
    step(learner, 2, -4);
    assertArrayEquals(new double[] {-0.5, 1}, learner.weights());
    step(learner, 0, Math.sqrt(5));
    assertArrayEquals(new double[] {-0.5, 0.5}, learner.weights(), 1e-15);
  }

  @Test
  void adagrad_byHand_squareThatUnderflows_isDividedByOne() {
    OnlineLearner learner = OnlineMethods.named("adagrad").start(3, new OnlineOptions(0, 0.5, 0));
    step(learner, 3, 0, -1e-200);
    assertArrayEquals(new double[] {-0.5, 0, 0.5e-200}, learner.weights());
    step(learner, 4, 2, 0);
    assertArrayEquals(new double[] {-0.9, -0.5, 0.5e-200}, learner.weights(), 1e-15);
  }

  /**
   * D.14: a sketch that holds the whole stream is exact. Twenty random vectors of twenty dimensions are nearly
   * dependent, which costs two digits.
   */
  @Test
  void sAdagrad_sketchAboveTheRank_isFullAdagrad() {
    for (int rank : new int[] {1, 3, 6, 20}) {
      for (double delta : new double[] {0, 0.1}) {
        OnlineLearner full = OnlineMethods.named("full-adagrad").start(20, new OnlineOptions(1, 0.3, delta));
        OnlineLearner sketched =
            OnlineMethods.named("s-adagrad").start(20, new OnlineOptions(rank + 1, 0.3, delta));
        for (double[] g : gradients(20, rank, 60, rank)) {
          step(full, g);
          step(sketched, g);
          assertArrayEquals(full.weights(), sketched.weights(), rank == 20 ? 1e-10 : 1e-12, "rank " + rank);
        }
      }
    }
  }

  /** D.15: one dimension is scalar AdaGrad; one row is AdaGrad with the norm of the gradients. */
  @Test
  void sAdagrad_oneDimensionOrOneRow_isScalarAdagrad() {
    OnlineLearner scalar = OnlineMethods.named("s-adagrad").start(1, new OnlineOptions(2, 0.1, 0));
    OnlineLearner norm = OnlineMethods.named("s-adagrad").start(4, new OnlineOptions(1, 0.1, 0));
    double squares = 0;
    double w = 0;
    double norms = 0;
    double[] v = new double[4];
    for (double[] g : gradients(4, 4, 50, 3)) {
      squares += g[0] * g[0];
      w -= g[0] == 0 ? 0 : 0.1 * g[0] / Math.sqrt(squares);
      step(scalar, g[0]);
      assertEquals(w, scalar.weights()[0], 1e-13);
      norms += OnlineOracle.dot(g, g);
      for (int i = 0; i < 4; i++) {
        v[i] -= 0.1 * g[i] / Math.sqrt(norms);
      }
      step(norm, g);
      assertArrayEquals(v, norm.weights(), 1e-13);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void zeroGradient_movesNothing(String name) {
    OnlineLearner learner = OnlineMethods.named(name).start(3, new OnlineOptions(2, 1, 0.5));
    learner.step(0, new int[3], new double[3]);
    assertArrayEquals(new double[3], learner.weights());
    step(learner, 1, 2, 0);
    double[] moved = learner.weights().clone();
    learner.step(0, new int[3], new double[3]);
    assertArrayEquals(moved, learner.weights());
    assertTrue(moved[0] < 0 && Double.isFinite(moved[0]), name);
  }

  /** Gradients of a stream beyond the floats' squares say so, rather than NaN weights. */
  @ParameterizedTest
  @CsvSource({"full-adagrad", "s-adagrad", "rfd-son", "fd-son", "ada-fd"})
  void overflow_isAnArithmeticException(String name) {
    OnlineLearner learner = OnlineMethods.named(name).start(3, new OnlineOptions(2, 1, 0.5));
    assertThrows(ArithmeticException.class, () -> {
      step(learner, 1e200, 1e200, 1);
      step(learner, 1, 1e200, 1e200);
    });
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      s-adagrad | 0    | 1   | 0    | sketch 0: must be in 1..d + 1
      s-adagrad | 5    | 1   | 0    | sketch 5: must be in 1..4, which is d + 1 for d = 3 weights
      fd-son    | 2    | 1   | 0    | delta 0.0: must be a finite number above 0, because fd-son divides by it
      ada-fd    | 2    | 1   | -1   | delta -1.0: must be a finite number above 0
      ada-fd    | 2    | 1   | NaN  | delta NaN
      ogd       | 2    | 1   | -1   | delta -1.0: must be a finite number >= 0
      ogd       | 2    | 1   | Infinity | delta Infinity
      ogd       | 2    | 0   | 0    | lr 0.0: must be a finite number above 0
      ogd       | 2    | NaN | 0    | lr NaN
      rfd-son   | 2    | Infinity | 0 | lr Infinity
      """)
  void badOption_isRefused(String name, int sketch, double rate, double delta, String expected) {
    OnlineOptions options = new OnlineOptions(sketch, rate, delta);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> OnlineMethods.named(name).start(3, options));
    assertTrue(e.getMessage().startsWith(expected), e.getMessage());
  }

  @Test
  void tooManyWeights_orNone_areRefused() {
    OnlineOptions options = new OnlineOptions(10, 1, 0);
    for (int d : new int[] {0, -1, 46_341}) {
      assertThrows(IllegalArgumentException.class, () -> OnlineMethods.named("full-adagrad").check(d, options));
    }
    assertThrows(IllegalArgumentException.class, () -> OnlineMethods.named("s-adagrad").check(1 << 30, options));
  }

  @Test
  void optionsThatAMethodDoesNotUse_areIgnored() {
    OnlineMethods.named("adagrad").check(3, new OnlineOptions(-4, 1, 0));
  }

  @Test
  void unknownName_suggests() {
    String message = assertThrows(IllegalArgumentException.class, () -> OnlineMethods.named("s-adagrd")).getMessage();
    assertTrue(message.startsWith("unknown algorithm 's-adagrd': did you mean 's-adagrad'?"), message);
  }
}
