/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.matrix.linear.LinearAlgebra;
import dev.sublinear.matrix.sketch.TailDecay;
import dev.sublinear.step.MatrixOptimizer;
import dev.sublinear.step.MatrixSpec;
import dev.sublinear.step.Workers;
import dev.sublinear.testkit.AllocationMeter;
import dev.sublinear.testkit.CountingArena;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * S-Shampoo: against its oracle, the golden numbers of the authors' code ported to float64, and the facts of the paper.
 */
final class SketchedShampooTest {
  private static final String BARE = ":statistics=1:roots=1:graft=none:momentum=0:merge=1";

  private static SketchedFactor.Kind kind(int rank, double beta2, TailDecay tail, double eps) {
    return new SketchedFactor.Kind(new Sketching(rank, beta2, tail, eps), true);
  }

  /** G_t[i][j] = sin(1 + 3t + 2i + 5j) + [i = j], 3 x 4. */
  private static double[] golden(int t) {
    double[] gradient = new double[12];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 4; j++) {
        gradient[4 * i + j] = Math.sin(1 + 3 * t + 2 * i + 5 * j) + (i == j ? 1 : 0);
      }
    }
    return gradient;
  }

  private static final double[] ROW0 =
      {.9868165658588924, -.14714208570212672, -.05887543761042119, .032793370832329305};

  private static double[] row0(TailDecay tail) {
    return switch (tail) {
      case SQUARE_ROOT ->
        new double[] {.22695225052258494, .20850828526837703, .34929491747927544, -.025967269512699787};
      case BETA2 -> new double[] {.23428955121522746, .21152573392473284, .35753275179168686, -.024991547622271598};
    };
  }

  private static double[] tails(TailDecay tail) {
    return switch (tail) {
      case SQUARE_ROOT -> new double[] {3.6748492520310574, 3.944379444297973};
      case BETA2 -> new double[] {3.4267250996298886, 3.6807195779541724};
    };
  }

  private static final double[][] ROOT_EIGENVALUES =
      {{3.519450392846751, 2.7467398228469744}, {3.434032687381112, 2.533421770366859}};

  /** The oracle against the port of the reference: so what the float32 state is held against is right. */
  @ParameterizedTest
  @EnumSource
  void oracle_hasTheGoldenNumbers(TailDecay tail) {
    ShampooOracle oracle = ShampooOracle.sketched(2, 0.9, tail.factor(0.9), 1e-7, 3, 4);
    assertArrayEquals(ROW0, Arrays.copyOf(oracle.step(golden(0)), 4), 1e-9);
    oracle.step(golden(1));
    oracle.step(golden(2));
    assertArrayEquals(row0(tail), Arrays.copyOf(oracle.step(golden(3)), 4), 1e-9);
    for (int axis = 0; axis < 2; axis++) {
      assertEquals(tails(tail)[axis], oracle.axes.get(axis).tail, 1e-9);
      for (int i = 0; i < 2; i++) {
        assertEquals(ROOT_EIGENVALUES[axis][i], Math.sqrt(oracle.axes.get(axis).eigenvalues[i]), 1e-9);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void floatState_hasTheGoldenNumbers(TailDecay tail) {
    try (Run run =
        new Run("s-shampoo:rank=2:beta2=0.9:tail=" + (tail == TailDecay.BETA2 ? "beta2" : "square-root") + BARE,
            3, 4)) {
      assertArrayEquals(ROW0, Arrays.copyOf(run.update(golden(0)), 4), 1e-5);
      run.update(golden(1));
      run.update(golden(2));
      assertArrayEquals(row0(tail), Arrays.copyOf(run.update(golden(3)), 4), 1e-5);
      for (int axis = 0; axis < 2; axis++) {
        double[] scalars = run.array("axis" + axis + ".scalars");
        assertArrayEquals(ROOT_EIGENVALUES[axis], Arrays.copyOf(scalars, 2), 1e-5);
        assertEquals(tails(tail)[axis], scalars[4] * scalars[4], 1e-5);
      }
    }
  }

  @Test
  void vectors_haveTheGoldenNumbers() {
    try (Run.Bare run = new Run.Bare(kind(1, 1, TailDecay.BETA2, 0), 4)) {
      assertArrayEquals(new double[] {.6, .8, 0, 0}, run.update(new double[] {3, 4, 0, 0}), 1e-6);
      assertArrayEquals(new double[] {0, 0, .384615384615, .923076923077}, run.update(new double[] {0, 0, 5, 12}),
          1e-6);
      assertArrayEquals(new double[] {.196116135138, 0, 0, 0}, run.update(new double[] {1, 0, 0, 0}), 1e-6);
      double[] scalars = Run.doubles(run.segmentOf("axis0.scalars"));
      assertEquals(11.958260743101, scalars[0], 1e-5);
      assertEquals(26, scalars[2] * scalars[2], 1e-5);
    }
  }

  @Test
  void updates_ofRanksTwoToFour_areThoseOfTheOracle() {
    for (int[] dimensions : List.of(new int[] {7, 5}, new int[] {3, 4, 5}, new int[] {2, 3, 2, 4})) {
      for (double beta2 : new double[] {0, 0.9, 1}) {
        for (int rank : new int[] {1, 2, 3, 20}) {
          ShampooOracle oracle = ShampooOracle.sketched(rank, beta2, beta2, 1e-7, dimensions);
          try (Run run = new Run("s-shampoo:rank=" + rank + ":beta2=" + beta2 + BARE,
              Arrays.stream(dimensions).asLongStream().toArray())) {
            int n = run.parameters().length;
            for (int t = 0; t < 6; t++) {
              double[] gradient = Run.random(t, n);
              double[] expected = oracle.step(gradient);
              assertArrayEquals(expected, run.update(gradient), 1e-4 * Run.norm(expected),
                  Arrays.toString(dimensions) + ", rank " + rank + ", beta2 " + beta2 + ", step " + t);
            }
          }
        }
      }
    }
  }

  /** D.14 for matrices: with more directions than the stream has, nothing escapes and the sketch is the sum. */
  @Test
  void rankAboveTheStreams_isExact() {
    double[] left = Run.random(1, 6);
    double[] right = Run.random(2, 9);
    double[] other = Run.random(3, 9);
    try (Run run = new Run("s-shampoo:rank=3:beta2=1" + BARE, 6, 9)) {
      double[] sum = new double[81];
      for (int t = 0; t < 5; t++) {
        double[] gradient = new double[54];
        for (int i = 0; i < 54; i++) {
          gradient[i] = left[i / 9] * (right[i % 9] + t * other[i % 9]);
        }
        run.update(gradient);
        for (int i = 0; i < 54; i++) {
          for (int c = 0; c < 9; c++) {
            sum[i % 9 * 9 + c] += (float) gradient[i] * (float) gradient[i / 9 * 9 + c];
          }
        }
      }
      double[] directions = run.array("axis1.directions");
      double[] scalars = run.array("axis1.scalars");
      assertTrue(scalars[6] * scalars[6] < 1e-10 * scalars[0] * scalars[0], Arrays.toString(scalars));
      double[] sketch = new double[81];
      for (int k = 0; k < 3; k++) {
        for (int i = 0; i < 81; i++) {
          sketch[i] += scalars[k] * scalars[k] * directions[9 * k + i / 9] * directions[9 * k + i % 9];
        }
      }
      assertArrayEquals(sum, sketch, 1e-5 * Run.norm(sum));
    }
  }

  /** D.16: G = U S V^T becomes U C V^T with c_i = 1 for i <= k + 1 and s_i / s_(k+1) beyond, whatever beta2. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void firstStep_whitensAllButTheTail(int rank) {
    double[] s = {5, 3, 2, 0.5};
    double[] expected = new double[20];
    double[] gradient = new double[20];
    for (int k = 0; k < 4; k++) {
      for (int i = 0; i < 5; i++) {
        for (int j = 0; j < 4; j++) {
          double element = orthogonal(5, 1, i, k) * orthogonal(4, 2, j, k);
          gradient[4 * i + j] += s[k] * element;
          expected[4 * i + j] += (k <= rank ? 1 : s[k] / s[rank]) * element;
        }
      }
    }
    for (String beta2 : new String[] {"0.5", "0.999", "1"}) {
      try (Run run = new Run("s-shampoo:eps=0:rank=" + rank + ":beta2=" + beta2 + BARE, 5, 4)) {
        assertArrayEquals(expected, run.update(gradient), 1e-5);
      }
    }
  }

  /** An element of a Householder reflection. */
  private static double orthogonal(int n, int seed, int i, int j) {
    double[] v = Run.random(seed, n);
    double norm = Run.norm(v);
    return (i == j ? 1 : 0) - 2 * v[i] * v[j] / (norm * norm);
  }

  /** D.17: S-Shampoo has no factor 1 - beta2, so its updates are Shampoo's times sqrt(1 - beta2). */
  @Test
  void fullRank_isShampooOverTen() {
    try (Run sketched = new Run("s-shampoo:rank=5:beta2=0.99" + BARE, 4, 5);
        Run whole = new Run("shampoo:beta2=0.99" + BARE, 4, 5)) {
      for (int t = 0; t < 3; t++) {
        double[] expected = Arrays.stream(whole.update(Run.random(t, 20))).map(x -> x / 10).toArray();
        assertArrayEquals(expected, sketched.update(Run.random(t, 20)), 1e-4 * Run.norm(expected), "step " + t);
      }
    }
  }

  /** D.18: the sketch with its tail is never below the decayed one before it, nor below the sum itself. */
  @ParameterizedTest
  @ValueSource(doubles = {0.9, 1})
  void sketchAndTail_boundTheSumFromAbove(double beta2) {
    ShampooOracle exact = ShampooOracle.sketched(9, beta2, beta2, 0, 9, 6);
    try (Run run = new Run("s-shampoo:rank=2:beta2=" + beta2 + BARE, 9, 6)) {
      double[] before = new double[81];
      for (int t = 0; t < 8; t++) {
        run.update(Run.random(t, 54));
        exact.step(Run.random(t, 54));
        double[] bound = new double[81];
        double[] directions = run.array("axis0.directions");
        double[] scalars = run.array("axis0.scalars");
        for (int i = 0; i < 81; i++) {
          bound[i] = i % 10 == 0 ? scalars[4] * scalars[4] : 0;
          for (int k = 0; k < 2; k++) {
            bound[i] += scalars[k] * scalars[k] * directions[9 * k + i / 9] * directions[9 * k + i % 9];
          }
        }
        double slack = 1e-5 * Run.norm(bound);
        assertTrue(leastEigenvalue(bound, 1, exact.axes.get(0).statistics) >= -slack, "step " + t);
        assertTrue(leastEigenvalue(bound, beta2, before) >= -slack, "step " + t);
        before = bound;
      }
    }
  }

  /** That of a - factor b, both of order 9. */
  private static double leastEigenvalue(double[] a, double factor, double[] b) {
    double[] difference = new double[81];
    Arrays.setAll(difference, i -> a[i] - factor * b[i]);
    double[] values = new double[9];
    assertTrue(LinearAlgebra.openBlas().eigen(9, MemorySegment.ofArray(difference), MemorySegment.ofArray(values)));
    return values[0];
  }

  /**
   * D.19: a direction without an eigenvalue and a tail of 4, then a gradient of 2: 8 and 4, each and 0.1 % of 8 more.
   */
  @Test
  void eps_isRelativeToTheLargestEigenvalueAndGoesOnBoth() {
    try (Run run = new Run("s-shampoo:rank=1:beta2=1:eps=0.001" + BARE, 3, 3)) {
      for (int axis = 0; axis < 2; axis++) {
        run.segmentOf("axis" + axis + ".directions").setAtIndex(JAVA_FLOAT, 0, 1);
        run.segmentOf("axis" + axis + ".scalars").setAtIndex(JAVA_FLOAT, 2, 2);
      }
      run.update(new double[] {2, 0, 0, 0, 0, 0, 0, 0, 0});
      for (int axis = 0; axis < 2; axis++) {
        double[] scalars = run.array("axis" + axis + ".scalars");
        assertEquals(.594454999, scalars[1], 1e-7);
        assertEquals(.706753669, scalars[3], 1e-7);
      }
    }
  }

  /** D.20: 2^n at the origin of a tensor of n axes has the root 1/2 on each. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void exponent_isThatOfTheTensorsRank(int axes) {
    int[] dimensions = new int[axes];
    Arrays.fill(dimensions, 3);
    double[] gradient = new double[(int) Math.pow(3, axes)];
    gradient[0] = 1 << axes;
    try (Run.Bare run = new Run.Bare(kind(1, 0.9, TailDecay.BETA2, 0), dimensions)) {
      run.update(gradient);
      for (int axis = 0; axis < axes; axis++) {
        assertEquals(0.5, Run.doubles(run.segmentOf("axis" + axis + ".scalars"))[1], 1e-7);
      }
    }
  }

  /**
   * D.24: the sketches of a 4096 x 1024 matrix, in bytes really taken. Nothing of order 1024 squared is kept, nor made
   * on the heap in a first step.
   */
  @Test
  void state_of4096By1024_is1311748Floats() {
    MatrixSpec spec = MatrixSpec.parse("s-shampoo:rank=256:graft=none:momentum=0");
    assertEquals(4L * 1_311_748, spec.bytes(4096, 1024));
    assertEquals(8L * (4096 * 4096 + 1024 * 1024), spec.denseBytes(4096, 1024));
    try (CountingArena state = new CountingArena();
        Arena arena = Arena.ofConfined();
        Workers workers = new Workers(1)) {
      RowTable table = RowTable.allocate(arena, 4096, 1024);
      MatrixOptimizer optimizer = spec.bind(table, 1, state, workers);
      assertEquals(4L * 1_311_748, state.bytes());
      assertEquals(4L * 1_311_748, optimizer.bytes());
      DenseRows gradient = new DenseRows(Run.segment(Run.random(1, 4096 * 1024)), 4096, 1024);
      long made = AllocationMeter.bytesOfOneCall(() -> optimizer.step(gradient, 1));
      assertTrue(made < 4L * 1024 * 1024, made + " bytes on the heap");
      assertEquals(4L * 1_311_748, state.bytes());
      assertEquals(0, optimizer.failures());
    }
  }

  /** With beta2 = 0 a gradient of zeros empties the sketch: the next one passes as the first one would. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void sketchWithoutMass_isTheIdentity(int roots) {
    try (
        Run run = new Run("s-shampoo:rank=2:beta2=0:graft=none:momentum=0:merge=1:statistics=2:roots=" + roots, 6, 5)) {
      double[] one = new double[30];
      one[0] = 1;
      run.update(one);
      while (run.optimizer.steps() < 7) {
        run.update(new double[30]);
      }
      assertArrayEquals(Run.random(1, 30), run.update(Run.random(1, 30)));
    }
  }

  /** What lies between two roots is preconditioned by the older one's own directions. */
  @Test
  void statisticsMoreOftenThanRoots_leaveTheRootWhole() {
    String text = "s-shampoo:rank=2:beta2=0.9:roots=3:graft=none:momentum=0:merge=1:statistics=";
    try (Run every = new Run(text + 1, 6, 5); Run third = new Run(text + 3, 6, 5)) {
      assertArrayEquals(third.update(Run.random(0, 30)), every.update(Run.random(0, 30)));
      for (int t = 1; t < 3; t++) {
        assertArrayEquals(third.update(Run.random(t, 30)), every.update(Run.random(t, 30)));
      }
      assertEquals(false, Arrays.equals(third.update(Run.random(3, 30)), every.update(Run.random(3, 30))));
      assertEquals(4L * 2 * (6 + 5), every.optimizer.bytes() - third.optimizer.bytes());
    }
  }
}
