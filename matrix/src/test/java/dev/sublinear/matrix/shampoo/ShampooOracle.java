/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import dev.sublinear.matrix.linear.LinearAlgebra;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Shampoo and S-Shampoo in double precision, written from the papers: whole d x d matrices, an eigendecomposition of
 * the sum in every step, no factored form; tensors of any rank as flat arrays, the last axis running fastest.
 */
final class ShampooOracle {
  /** What one axis knows. */
  static final class Axis {
    final int d;
    double[] statistics;
    double[] root;
    double tail;
    /** Deflated eigenvalues, descending, of a sketch. */
    double[] eigenvalues = {};

    Axis(int d) {
      this.d = d;
      statistics = new double[d * d];
      root = new double[d * d];
      for (int i = 0; i < d; i++) {
        root[i * d + i] = 1;
      }
    }
  }

  private final int[] dimensions;
  private final int rank;
  private final double beta2;
  private final double tailDecay;
  private final double epsilon;
  final List<Axis> axes = new ArrayList<>();

  private ShampooOracle(int[] dimensions, int rank, double beta2, double tailDecay, double epsilon) {
    this.dimensions = dimensions;
    this.rank = rank;
    this.beta2 = beta2;
    this.tailDecay = tailDecay;
    this.epsilon = epsilon;
    for (int d : dimensions) {
      axes.add(new Axis(d));
    }
  }

  /** Shampoo; {@code cut} is relative to the largest eigenvalue. */
  static ShampooOracle whole(double beta2, double cut, int... dimensions) {
    return new ShampooOracle(dimensions, 0, beta2, 0, cut);
  }

  /** S-Shampoo; {@code epsilon} is relative to the largest eigenvalue. */
  static ShampooOracle sketched(int rank, double beta2, double tailDecay, double epsilon, int... dimensions) {
    return new ShampooOracle(dimensions, rank, beta2, tailDecay, epsilon);
  }

  /** Takes the gradient in, and returns it preconditioned. */
  double[] step(double[] gradient) {
    double exponent = -0.5 / dimensions.length;
    double[] result = gradient.clone();
    for (int axis = 0; axis < dimensions.length; axis++) {
      Axis state = axes.get(axis);
      if (rank == 0) {
        whole(state, outer(gradient, axis), exponent);
      } else {
        sketched(state, outer(gradient, axis), exponent);
      }
    }
    for (int axis = 0; axis < dimensions.length; axis++) {
      result = multiply(axes.get(axis).root, result, axis);
    }
    return result;
  }

  private void whole(Axis axis, double[] outer, double exponent) {
    for (int i = 0; i < outer.length; i++) {
      axis.statistics[i] = beta2 * axis.statistics[i] + (beta2 < 1 ? 1 - beta2 : 1) * outer[i];
    }
    double[] vectors = axis.statistics.clone();
    double[] values = eigen(axis.d, vectors);
    double largest = values[axis.d - 1];
    double[] powers = new double[axis.d];
    for (int i = 0; i < axis.d; i++) {
      powers[i] = values[i] > epsilon * largest ? Math.pow(values[i], exponent) : 0;
    }
    axis.root = compose(axis.d, vectors, powers);
  }

  private void sketched(Axis axis, double[] outer, double exponent) {
    int d = axis.d;
    double[] vectors = new double[d * d];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = beta2 * axis.statistics[i] + outer[i];
    }
    double[] values = eigen(d, vectors);
    int kept = Math.min(rank, d);
    double noise = 1e-14 * values[d - 1];
    double cut = kept < d && values[d - 1 - kept] > noise ? values[d - 1 - kept] : 0;
    axis.tail = tailDecay * axis.tail + cut;
    double[] deflated = new double[d];
    axis.eigenvalues = new double[kept];
    for (int i = 0; i < kept; i++) {
      double value = values[d - 1 - i];
      deflated[d - 1 - i] = value > noise ? Math.max(value - cut, 0) : 0;
      axis.eigenvalues[i] = deflated[d - 1 - i];
    }
    axis.statistics = compose(d, vectors, deflated);
    double eps = epsilon * (deflated[d - 1] + axis.tail);
    double[] powers = new double[d];
    for (int i = 0; i < d; i++) {
      double ofTail = axis.tail > 0 ? Math.pow(axis.tail + eps, exponent) : 0;
      powers[i] = deflated[i] > 0 ? Math.pow(deflated[i] + axis.tail + eps, exponent) : ofTail;
    }
    axis.root = compose(d, vectors, powers);
  }

  /** Values ascending, vectors one a row in the place of the matrix. */
  private static double[] eigen(int d, double[] matrix) {
    double[] values = new double[d];
    if (!LinearAlgebra.openBlas().eigen(d, MemorySegment.ofArray(matrix), MemorySegment.ofArray(values))) {
      throw new IllegalStateException("no eigenvalues");
    }
    return values;
  }

  /** The sum over i of powers[i] v_i v_i^T. */
  private static double[] compose(int d, double[] vectors, double[] powers) {
    double[] result = new double[d * d];
    for (int i = 0; i < d; i++) {
      for (int r = 0; r < d; r++) {
        for (int c = 0; c < d; c++) {
          result[r * d + c] += powers[i] * vectors[i * d + r] * vectors[i * d + c];
        }
      }
    }
    return result;
  }

  private int after(int axis) {
    int after = 1;
    for (int i = axis + 1; i < dimensions.length; i++) {
      after *= dimensions[i];
    }
    return after;
  }

  /** The unfolding along an axis times its transpose. */
  private double[] outer(double[] tensor, int axis) {
    int d = dimensions[axis];
    int after = after(axis);
    double[] result = new double[d * d];
    for (int at = 0; at < tensor.length; at++) {
      int i = at / after % d;
      for (int j = 0; j < d; j++) {
        result[i * d + j] += tensor[at] * tensor[at + (j - i) * after];
      }
    }
    return result;
  }

  private double[] multiply(double[] matrix, double[] tensor, int axis) {
    int d = dimensions[axis];
    int after = after(axis);
    double[] result = new double[tensor.length];
    for (int at = 0; at < tensor.length; at++) {
      int i = at / after % d;
      for (int j = 0; j < d; j++) {
        result[at] += matrix[i * d + j] * tensor[at + (j - i) * after];
      }
    }
    return result;
  }
}
