/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.sublinear.gradient.RowTable;
import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.Workspace;
import dev.sublinear.layout.StateArray;
import dev.sublinear.rule.MatrixStep;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One tensor's step: the grafting rule, the preconditioner if the tensor has one, momentum, weight decay.
 *
 * <p>Elementwise work and norms go by the kernels of core in runs of {@value #RUN} values; norms are added up in
 * double, run by run, so they have the same bits with all kernels.
 */
final class GraftedStep implements MatrixStep {
  private static final Kernels KERNELS = KernelSelection.current().kernels();
  private static final int RUN = 4096;

  /** Added to the roots of second moments, so that tiny gradients whose squares are 0 do not divide by 0. */
  private static final float EPSILON = 1e-10f;

  /** Below this norm a gradient counts as 0, since the square of the reciprocal would not be a float32. */
  private static final double TINY = 1e-18;

  private final Descent descent;
  private final MemorySegment parameters;
  private final long elements;
  private final Workspace workspace;
  private final @Nullable MemorySegment second;
  private final @Nullable MemorySegment momentum;
  private final @Nullable Preconditioner preconditioner;

  /** Allocates the state; {@code preconditioner} is null for a tensor that has none. */
  GraftedStep(Descent descent, RowTable table, @Nullable Preconditioner preconditioner, Arena arena,
      Workspace workspace) {
    this.descent = descent;
    this.preconditioner = preconditioner;
    this.workspace = workspace;
    parameters = table.data();
    elements = parameters.byteSize() / Float.BYTES;
    second = descent.graft().remembers() ? arena.allocate(parameters.byteSize(), 64) : null;
    momentum = descent.momentum() > 0 ? arena.allocate(parameters.byteSize(), 64) : null;
  }

  /** Bytes of working memory for the update of a tensor; the preconditioner's are behind it. */
  static long workBytes(long elements) {
    return Preconditioner.aligned(4 * elements);
  }

  @Override
  public void apply(long step, MemorySegment gradient, float learningRate) {
    MemorySegment memory = workspace.memory();
    MemorySegment update = memory.asSlice(0, 4 * elements);
    double graftNorm = graft(step, gradient, update);
    if (preconditioner != null) {
      precondition(preconditioner, step, gradient, update, graftNorm, memory.asSlice(workBytes(elements)));
    }
    descend(update, learningRate);
  }

  /** Replaces the grafting rule's update, unless a root would spread an element that is not finite over all others. */
  private void precondition(Preconditioner by, long step, MemorySegment gradient, MemorySegment update,
      double graftNorm, MemorySegment work) {
    // In float32, which the statistics are in.
    if (!Float.isFinite((float) sumOfSquares(gradient))) {
      by.miss(step, work);
      return;
    }
    by.apply(step, gradient, update, work);
    if (descent.graft() != Grafting.NONE) {
      double norm = Math.sqrt(sumOfSquares(update));
      KERNELS.scale(update, 0, elements,
          norm > 0 && norm < Double.POSITIVE_INFINITY ? (float) (graftNorm / norm) : 0);
    }
  }

  /** Writes the grafting rule's own update and returns the norm of its finite elements. */
  private double graft(long step, MemorySegment gradient, MemorySegment update) {
    if (second == null) {
      MemorySegment.copy(gradient, 0, update, 0, 4 * elements);
      return descent.graft() == Grafting.NONE ? 0 : Math.sqrt(sumOfSquares(update));
    }
    boolean isSum = descent.graft() == Grafting.ADAGRAD;
    double decay = isSum ? 1 : descent.graftBeta2();
    double scale = isSum ? 1 : 1 - decay;
    double rootScale = isSum ? 1 : 1 / Math.sqrt(1 - StrictMath.pow(decay, step));
    double unit = 1;
    if (descent.graft() == Grafting.RMSPROP_NORMALIZED) {
      double norm = Math.sqrt(sumOfSquares(gradient));
      unit = norm > TINY ? 1 / norm : 0;
    }
    double sum = 0;
    for (long i = 0; i < elements; i += RUN) {
      int n = (int) Math.min(RUN, elements - i);
      KERNELS.decayAddSquare(second, 4 * i, n, (float) decay, (float) (scale * unit * unit), gradient, 4 * i);
      KERNELS.fill(update, 4 * i, n, 0);
      KERNELS.adaptiveStep(update, 4 * i, n, (float) -unit, gradient, 4 * i, second, 4 * i, (float) rootScale, EPSILON,
          Float.MAX_VALUE);
      double squares = KERNELS.sumOfSquares(update, 4 * i, n);
      sum += Double.isFinite(squares) ? squares : sumOfFiniteSquares(update, i, n);
    }
    return Math.sqrt(sum);
  }

  /** A second moment that was spoilt once stays so, and the norm would carry it to all other elements. */
  private static double sumOfFiniteSquares(MemorySegment x, long first, int n) {
    double sum = 0;
    for (long i = first; i < first + n; i++) {
      double value = x.getAtIndex(JAVA_FLOAT, i);
      sum += Double.isFinite(value) ? value * value : 0;
    }
    return sum;
  }

  private double sumOfSquares(MemorySegment x) {
    double sum = 0;
    for (long i = 0; i < elements; i += RUN) {
      sum += KERNELS.sumOfSquares(x, 4 * i, (int) Math.min(RUN, elements - i));
    }
    return sum;
  }

  private void descend(MemorySegment update, float learningRate) {
    float mu = (float) descent.momentum();
    for (long i = 0; i < elements; i += RUN) {
      int n = (int) Math.min(RUN, elements - i);
      MemorySegment direction = update;
      if (momentum != null) {
        KERNELS.combine(mu, momentum, 4 * i, 1, update, 4 * i, momentum, 4 * i, n);
        if (descent.nesterov()) {
          KERNELS.addScaled(update, 4 * i, n, mu, momentum, 4 * i);
        } else {
          direction = momentum;
        }
      }
      if (descent.decay() > 0) {
        KERNELS.scale(parameters, 4 * i, n, (float) (1 - learningRate * descent.decay()));
      }
      KERNELS.addScaled(parameters, 4 * i, n, -learningRate, direction, 4 * i);
    }
  }

  @Override
  public List<StateArray> arrays() {
    List<StateArray> arrays = new ArrayList<>();
    if (second != null) {
      arrays.add(new StateArray("graft", second));
    }
    if (momentum != null) {
      arrays.add(new StateArray("momentum", momentum));
    }
    if (preconditioner != null) {
      arrays.addAll(preconditioner.arrays());
    }
    return arrays;
  }

  @Override
  public long failures() {
    return preconditioner == null ? 0 : preconditioner.failures();
  }
}
