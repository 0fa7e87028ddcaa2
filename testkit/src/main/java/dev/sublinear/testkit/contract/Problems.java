/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.contract;

import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.Gradient;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.gradient.SparseRows;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.testkit.gradients.Gradients;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The problems of {@link ConvergenceSuite}. */
final class Problems {
  private static final long SEED = 26;

  private Problems() {}

  /** Sum over all elements of curvature (theta - target)^2 / 2, with curvatures from 0.5 to 2 by column. */
  static final class Parabola implements Problem {
    private final int rows;
    private final int columns;
    private final double[] targets;

    Parabola(int rows, int columns) {
      this.rows = rows;
      this.columns = columns;
      targets = new double[rows * columns];
      long key = CounterRandom.key(SEED, CounterRandom.stream("parabola"), 0);
      Arrays.setAll(targets, i -> Gradients.normal(key, i));
    }

    @Override
    public int rows() {
      return rows;
    }

    @Override
    public int columns() {
      return columns;
    }

    private double curvature(int column) {
      return 0.5 + 1.5 * column / columns;
    }

    @Override
    public void start(RowTable table) {
      table.data().fill((byte) 0);
    }

    @Override
    public double loss(RowTable table) {
      double loss = 0;
      for (int row = 0; row < rows; row++) {
        for (int c = 0; c < columns; c++) {
          double error = table.get(row, c) - targets[row * columns + c];
          loss += curvature(c) * error * error / 2;
        }
      }
      return loss;
    }

    @Override
    public Gradient gradient(RowTable table, long t, Arena arena) {
      float[] theta = table.data().toArray(ValueLayout.JAVA_FLOAT);
      for (int i = 0; i < theta.length; i++) {
        theta[i] = (float) (curvature(i % columns) * (theta[i] - targets[i]));
      }
      return new DenseRows(arena.allocateFrom(ValueLayout.JAVA_FLOAT, theta), rows, columns);
    }
  }

  /** Every row is a Rosenbrock valley of its own, (1 - x)^2 + 100 (y - x^2)^2, from around (-1.2, 1). */
  record Rosenbrock(int rows) implements Problem {
    @Override
    public int columns() {
      return 2;
    }

    @Override
    public void start(RowTable table) {
      for (int row = 0; row < rows; row++) {
        table.set(row, 0, -1.2f + 0.02f * row);
        table.set(row, 1, 1f);
      }
    }

    @Override
    public double loss(RowTable table) {
      double loss = 0;
      for (int row = 0; row < rows; row++) {
        double x = table.get(row, 0);
        double y = table.get(row, 1);
        loss += (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x);
      }
      return loss;
    }

    @Override
    public Gradient gradient(RowTable table, long t, Arena arena) {
      float[] theta = table.data().toArray(ValueLayout.JAVA_FLOAT);
      for (int i = 0; i < theta.length; i += 2) {
        double x = theta[i];
        double y = theta[i + 1];
        theta[i] = (float) (-2 * (1 - x) - 400 * x * (y - x * x));
        theta[i + 1] = (float) (200 * (y - x * x));
      }
      return new DenseRows(arena.allocateFrom(ValueLayout.JAVA_FLOAT, theta), rows, 2);
    }
  }

  /**
   * Logistic regression of several labels on sparse features: examples have {@link #ACTIVE} of many features, which
   * follow Zipf's law; labels are those of planted weights, and examples near the border are left out, so that the loss
   * can go to 0. A step sees {@link #BATCH} examples and touches only their features.
   */
  static final class SparseLogistic implements Problem {
    private static final int FEATURES = 120;
    private static final int LABELS = 5;
    private static final int ACTIVE = 6;
    private static final int EXAMPLES = 256;
    private static final int BATCH = 16;
    private final int[][] features = new int[EXAMPLES][ACTIVE];
    private final int[][] signs = new int[EXAMPLES][LABELS];

    SparseLogistic() {
      long key = CounterRandom.key(SEED, CounterRandom.stream("logistic examples"), 0);
      long weights = CounterRandom.key(SEED, CounterRandom.stream("logistic weights"), 0);
      long next = 0;
      for (int i = 0; i < EXAMPLES;) {
        for (int a = 0; a < ACTIVE; a++) {
          double rank = StrictMath.pow(FEATURES + 1.0, CounterRandom.uniformDouble(key, next++));
          features[i][a] = Math.min((int) rank - 1, FEATURES - 1);
        }
        boolean clear = Arrays.stream(features[i]).distinct().count() == ACTIVE;
        for (int l = 0; l < LABELS; l++) {
          double score = 0;
          for (int feature : features[i]) {
            score += Gradients.normal(weights, (long) feature * LABELS + l);
          }
          signs[i][l] = score > 0 ? 1 : -1;
          clear &= Math.abs(score) > 0.5;
        }
        i += clear ? 1 : 0;
      }
    }

    @Override
    public int rows() {
      return FEATURES;
    }

    @Override
    public int columns() {
      return LABELS;
    }

    @Override
    public void start(RowTable table) {
      table.data().fill((byte) 0);
    }

    private double margin(float[] theta, int example, int label) {
      double score = 0;
      for (int feature : features[example]) {
        score += theta[feature * LABELS + label];
      }
      return signs[example][label] * score;
    }

    @Override
    public double loss(RowTable table) {
      float[] theta = table.data().toArray(ValueLayout.JAVA_FLOAT);
      double loss = 0;
      for (int i = 0; i < EXAMPLES; i++) {
        for (int l = 0; l < LABELS; l++) {
          loss += Math.log1p(Math.exp(-margin(theta, i, l)));
        }
      }
      return loss / EXAMPLES / LABELS;
    }

    @Override
    public Gradient gradient(RowTable table, long t, Arena arena) {
      float[] theta = table.data().toArray(ValueLayout.JAVA_FLOAT);
      float[] sums = new float[theta.length];
      boolean[] touched = new boolean[FEATURES];
      for (int b = 0; b < BATCH; b++) {
        int example = (int) ((t * BATCH + b) % EXAMPLES);
        for (int l = 0; l < LABELS; l++) {
          double slope = -signs[example][l] / (1 + Math.exp(margin(theta, example, l))) / BATCH;
          for (int feature : features[example]) {
            touched[feature] = true;
            sums[feature * LABELS + l] += (float) slope;
          }
        }
      }
      long[] ids = IntStream.range(0, FEATURES).filter(feature -> touched[feature]).asLongStream().toArray();
      MemorySegment values = arena.allocate(4L * ids.length * LABELS, 64);
      for (int i = 0; i < ids.length; i++) {
        MemorySegment.copy(sums, (int) ids[i] * LABELS, values, ValueLayout.JAVA_FLOAT, 4L * i * LABELS, LABELS);
      }
      return new SparseRows(ids, ids.length, values, LABELS);
    }
  }
}
