/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The networks for one image in double precision, written from the formulas: planes [channels][height][width]. */
final class ImageOracle {
  private final Map<String, double[]> weights = new HashMap<>();
  private final Map<String, long[]> shapes = new HashMap<>();

  ImageOracle(List<Weight> weights) {
    for (Weight weight : weights) {
      double[] values = new double[Math.toIntExact(weight.shape().size())];
      for (int i = 0; i < values.length; i++) {
        values[i] = weight.table().get(i / weight.table().columns(), i % weight.table().columns());
      }
      this.weights.put(weight.name(), values);
      shapes.put(weight.name(), weight.shape().getShape());
    }
  }

  double[] cnn(double[][][] image) {
    double[][][] x = image;
    for (int layer = 0; layer < 2; layer++) {
      x = pooled(relu(convolution(x, "convolution." + layer, 1)));
    }
    double[] units = dense(flat(x), "dense.0");
    for (int i = 0; i < units.length; i++) {
      units[i] = Math.max(0, units[i]);
    }
    return dense(units, "dense.1");
  }

  double[] resNet(double[][][] image) {
    double[][][] x = convolution(image, "stem", 1);
    for (int stage = 0; stage < 3; stage++) {
      String name = "stage." + stage + ".";
      int stride = stage == 0 ? 1 : 2;
      double[][][] a = relu(norm(x, name + "norm.0"));
      double[][][] added = convolution(relu(norm(convolution(a, name + "convolution.0", stride), name + "norm.1")),
          name + "convolution.1", 1);
      double[][][] shortcut = stage == 0 ? x : convolution(a, name + "shortcut", stride);
      x = new double[added.length][added[0].length][added[0][0].length];
      for (int c = 0; c < x.length; c++) {
        for (int i = 0; i < x[0].length; i++) {
          for (int j = 0; j < x[0][0].length; j++) {
            x[c][i][j] = shortcut[c][i][j] + added[c][i][j];
          }
        }
      }
    }
    double[][][] last = relu(norm(x, "norm"));
    double[] means = new double[last.length];
    for (int c = 0; c < means.length; c++) {
      for (double[] row : last[c]) {
        for (double value : row) {
          means[c] += value / (last[c].length * row.length);
        }
      }
    }
    return dense(means, "dense");
  }

  /** -log of the probability of a class. */
  static double crossEntropy(double[] logits, int label) {
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(logit - logits[label]);
    }
    return Math.log(sum);
  }

  private double[][][] convolution(double[][][] x, String name, int stride) {
    double[] kernel = weights.get(name + ".weight");
    double[] bias = weights.get(name + ".bias");
    long[] shape = shapes.get(name + ".weight");
    int side = (int) shape[2];
    int height = (x[0].length - 1) / stride + 1;
    int width = (x[0][0].length - 1) / stride + 1;
    double[][][] y = new double[(int) shape[0]][height][width];
    for (int out = 0; out < y.length; out++) {
      for (int i = 0; i < height; i++) {
        for (int j = 0; j < width; j++) {
          double sum = bias == null ? 0 : bias[out];
          for (int in = 0; in < x.length; in++) {
            for (int k = 0; k < side * side; k++) {
              int row = i * stride + k / side - side / 2;
              int column = j * stride + k % side - side / 2;
              if (row >= 0 && row < x[0].length && column >= 0 && column < x[0][0].length) {
                sum += kernel[(out * x.length + in) * side * side + k] * x[in][row][column];
              }
            }
          }
          y[out][i][j] = sum;
        }
      }
    }
    return y;
  }

  private double[][][] norm(double[][][] x, String name) {
    double[][][] y = new double[x.length][x[0].length][x[0][0].length];
    int together = x.length / 4;
    double n = (double) together * x[0].length * x[0][0].length;
    for (int from = 0; from < x.length; from += together) {
      double mean = 0;
      double squares = 0;
      for (int c = from; c < from + together; c++) {
        for (double[] row : x[c]) {
          for (double value : row) {
            mean += value / n;
            squares += value * value / n;
          }
        }
      }
      for (int c = from; c < from + together; c++) {
        for (int i = 0; i < y[0].length; i++) {
          for (int j = 0; j < y[0][0].length; j++) {
            double normal = (x[c][i][j] - mean) / Math.sqrt(squares - mean * mean + 1e-5);
            y[c][i][j] = weights.get(name + ".weight")[c] * normal + weights.get(name + ".bias")[c];
          }
        }
      }
    }
    return y;
  }

  private static double[][][] relu(double[][][] x) {
    for (double[][] plane : x) {
      for (double[] row : plane) {
        for (int j = 0; j < row.length; j++) {
          row[j] = Math.max(0, row[j]);
        }
      }
    }
    return x;
  }

  private static double[][][] pooled(double[][][] x) {
    double[][][] y = new double[x.length][x[0].length / 2][x[0][0].length / 2];
    for (int c = 0; c < y.length; c++) {
      for (int i = 0; i < y[0].length; i++) {
        for (int j = 0; j < y[0][0].length; j++) {
          y[c][i][j] = Math.max(Math.max(x[c][2 * i][2 * j], x[c][2 * i][2 * j + 1]),
              Math.max(x[c][2 * i + 1][2 * j], x[c][2 * i + 1][2 * j + 1]));
        }
      }
    }
    return y;
  }

  private static double[] flat(double[][][] x) {
    double[] flat = new double[x.length * x[0].length * x[0][0].length];
    int n = 0;
    for (double[][] plane : x) {
      for (double[] row : plane) {
        for (double value : row) {
          flat[n++] = value;
        }
      }
    }
    return flat;
  }

  private double[] dense(double[] x, String name) {
    double[] kernel = weights.get(name + ".weight");
    double[] y = weights.get(name + ".bias").clone();
    for (int i = 0; i < y.length * x.length; i++) {
      y[i / x.length] += kernel[i] * x[i % x.length];
    }
    return y;
  }
}
