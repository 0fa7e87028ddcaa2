/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.Gradient;
import dev.sublinear.matrix.linear.LinearAlgebra;
import dev.sublinear.train.loop.TrainingListener;
import dev.sublinear.train.model.Weight;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Follows the Kronecker factors of Shampoo beside a training: L &lt;- decay L + G G^T and R &lt;- decay R + G^T G for
 * each tensor that is updated densely, as a matrix of its first dimension by all others; and looks at their spectra now
 * and then.
 */
final class KroneckerFactors implements TrainingListener {
  /** As in the paper's study of spectra. */
  static final double DECAY = 0.999;

  /** Shorter sides say little: their factors are full. */
  private static final int SHORTEST = 16;

  private final LinearAlgebra algebra = LinearAlgebra.openBlas();
  private final long every;
  private final List<Factor> factors = new ArrayList<>();
  private boolean isFollowing;

  /** Looks every so many steps. */
  KroneckerFactors(long every) {
    this.every = every;
  }

  /** What was seen at a step. */
  record Look(long step, Spectrum spectrum) {}

  /** One side of one tensor. */
  static final class Factor {
    final String name;
    final int order;
    final int other;
    final List<Look> looks = new ArrayList<>();
    private final int weight;
    private final boolean ofColumns;
    private final double[] covariance;

    Factor(String name, int order, int other, int weight, boolean ofColumns) {
      this.name = name;
      this.order = order;
      this.other = other;
      this.weight = weight;
      this.ofColumns = ofColumns;
      covariance = new double[order * order];
    }

    double meanDimension() {
      return looks.stream().mapToDouble(look -> look.spectrum().intrinsicDimension()).average().orElse(Double.NaN);
    }

    double meanMass() {
      return looks.stream().mapToDouble(look -> look.spectrum().quarterMass()).average().orElse(Double.NaN);
    }
  }

  List<Factor> factors() {
    return factors;
  }

  @Override
  public void gradients(long step, List<Weight> weights, List<Gradient> gradients) {
    if (!isFollowing) {
      begin(weights, gradients);
    }
    for (Factor factor : factors) {
      Gradient gradient = gradients.get(factor.weight);
      int rows = (int) gradient.count();
      double[] values = new double[rows * gradient.columns()];
      for (int i = 0; i < values.length; i++) {
        values[i] = gradient.values().getAtIndex(ValueLayout.JAVA_FLOAT, i);
      }
      MemorySegment covariance = MemorySegment.ofArray(factor.covariance);
      algebra.gram(factor.ofColumns, rows, gradient.columns(), 1, MemorySegment.ofArray(values), DECAY, covariance);
      if (step % every == 0) {
        factor.looks.add(new Look(step, Spectrum.of(algebra, factor.order, factor.covariance)));
      }
    }
  }

  private void begin(List<Weight> weights, List<Gradient> gradients) {
    isFollowing = true;
    for (int i = 0; i < weights.size(); i++) {
      Weight weight = weights.get(i);
      if (weight.spec().isTable() || !(gradients.get(i) instanceof DenseRows)) {
        continue;
      }
      int rows = (int) weight.table().rows();
      int columns = weight.table().columns();
      if (Math.min(rows, columns) >= SHORTEST) {
        factors.add(new Factor(weight.name() + ", rows", rows, columns, i, false));
        factors.add(new Factor(weight.name() + ", columns", columns, rows, i, true));
      }
    }
  }
}
