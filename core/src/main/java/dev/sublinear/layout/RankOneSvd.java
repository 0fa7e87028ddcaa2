/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.kernel.RowCells;
import dev.sublinear.kernel.Scratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The best approximation of rank one after every update: a slow yardstick for the others of that size.
 *
 * <p>With X the step's gradient, or its square for a non-negative slot, of which the rows without a gradient are 0:
 * u v^T &lt;- the largest singular value of decay u v^T + scale X with its two singular vectors; the estimate of S[i,
 * j] is u[i] v[j]. u is [rows], v is [columns] of length 1, both float32. The whole moment decays in every step, also
 * in one without any row: with rows at rest it is the mean over steps of dense Adam, not of SparseAdam.
 *
 * <p>Error: each update is the best of rank one in the Frobenius norm; exact to rounding for one row or one column, or
 * where every X is a multiple of one matrix of rank one. What an update leaves out is lost, and an element
 * that is not in the largest direction may be estimated as 0: with a non-negative slot a rule without a bound on its
 * steps (Adagrad, RMSprop) then makes a very large one. Bytes: 4 (rows + columns), and 88 columns of working memory for
 * a step. Time: some 3 to 100 passes over the gradient and one over u, on one thread. Takes signed and non-negative
 * slots.
 *
 * <p>Source: "l2 rank-1" of Spring, Kyrillidis, Mohan, Shrivastava, 2019, figure 2. It does not say how it is computed;
 * here by {@link LargestEigenvector} from the previous v, to 1e-10 of the squared singular value, in float64, without
 * any other matrix than the gradient.
 */
public record RankOneSvd() implements StateLayout {
  @Override
  public String name() {
    return "rank-one-svd";
  }

  @Override
  public long bytes(long... shape) {
    return Math.multiplyExact(Math.addExact(Shapes.rows(shape), Shapes.columns(shape)), (long) Float.BYTES);
  }

  @Override
  public RowState allocate(Arena arena, long seed, long... shape) {
    return new State(OuterProduct.allocate(arena, shape), seed);
  }

  @Override
  public Reduction firstSweep() {
    return Reduction.GRADIENT;
  }

  @Override
  public StateLayout exact(Slot slot) {
    SketchOptions whole =
        new SketchOptions(1, 1, SketchOptions.Decay.GLOBAL, SketchOptions.Cells.F32, null, 0);
    return slot.kind() == Slot.Kind.SIGNED ? new CountSketch(whole) : new CountMin(whole);
  }

  @Override
  public boolean lossless(long... shape) {
    return Shapes.rows(shape) == 1 || Shapes.columns(shape) == 1;
  }

  @Override
  public @Nullable String refusal(Slot slot) {
    return switch (slot.kind()) {
      case SIGNED, NON_NEGATIVE -> null;
      case UPDATE -> "it takes in the whole gradient before the first row, and this moment is made of updates";
      case MAXIMUM -> "a singular vector is linear in the moment and a maximum is not";
    };
  }

  @Override
  public String toString() {
    return name();
  }

  private static final class State implements RowState {
    private static final long START = CounterRandom.stream("rank-one-svd start");

    /** Share of a random vector in the start: the previous v alone may have nothing of the new one. */
    private static final double NOISE = 0.1;

    private final OuterProduct estimate;
    private final long startKey;
    private final LargestEigenvector solver;
    private final LargestEigenvector.Product product = this::multiplyBySquare;
    private final double[] v;
    private final double[] w;
    private double uu;
    private @Nullable Gradient gradient;
    private boolean ofSquares;
    private float decay;
    private float scale;

    State(OuterProduct estimate, long seed) {
      this.estimate = estimate;
      startKey = CounterRandom.key(seed, START, 0);
      int columns = Math.toIntExact(estimate.v().byteSize() / Float.BYTES);
      solver = new LargestEigenvector(columns);
      v = new double[columns];
      w = new double[columns];
    }

    @Override
    public void beginStep(long t, float decay, float scale) {
      this.decay = decay;
      this.scale = scale;
    }

    @Override
    public void absorb(Gradient gradient, boolean ofSquares) {
      this.gradient = gradient;
      this.ofSquares = ofSquares;
      long rows = estimate.u().byteSize() / Float.BYTES;
      uu = 0;
      for (long row = 0; row < rows; row++) {
        uu += (double) estimate.row(row) * estimate.row(row);
      }
      for (int j = 0; j < v.length; j++) {
        v[j] = estimate.v().getAtIndex(ValueLayout.JAVA_FLOAT, j);
        // Never negative, so that a start for squares is not; v has length 1.
        w[j] = v[j] + NOISE * CounterRandom.uniformDouble(startKey, j) / Math.sqrt(v.length);
      }
      solver.find(product, w);
      for (int j = 0; j < v.length; j++) {
        // The vector of a matrix without negative elements has none, but for rounding and its sign.
        w[j] = ofSquares ? Math.abs(w[j]) : w[j];
        estimate.v().setAtIndex(ValueLayout.JAVA_FLOAT, j, (float) w[j]);
      }
      double kept = decay * LargestEigenvector.dot(v, w);
      long i = 0;
      for (long row = 0; row < rows; row++) {
        double value = kept * estimate.row(row);
        if (i < gradient.count() && gradient.row(i) == row) {
          value += scale * dotRow(gradient.values(), gradient.offset(i), w);
          i++;
        }
        estimate.setRow(row, value);
      }
      this.gradient = null;
    }

    /** {@code out = M^T M x} with M = decay u v^T + scale X, in one pass over the rows of X. */
    private void multiplyBySquare(double[] x, double[] out) {
      Gradient g = current();
      Arrays.fill(out, 0);
      double vx = decay * LargestEigenvector.dot(v, x);
      double up = vx * uu; // u^T M x; rows without a gradient are in uu
      for (long i = 0; i < g.count(); i++) {
        double u = estimate.row(g.row(i));
        double product = scale * dotRow(g.values(), g.offset(i), x);
        up += u * product;
        addRow(scale * (vx * u + product), g.values(), g.offset(i), out);
      }
      for (int j = 0; j < out.length; j++) {
        out[j] += decay * up * v[j];
      }
    }

    private Gradient current() {
      if (gradient == null) {
        throw new IllegalStateException("no gradient to multiply by");
      }
      return gradient;
    }

    private double dotRow(MemorySegment values, long offset, double[] x) {
      double sum = 0;
      for (int j = 0; j < x.length; j++) {
        double g = values.get(ValueLayout.JAVA_FLOAT, offset + 4L * j);
        sum += (ofSquares ? g * g : g) * x[j];
      }
      return sum;
    }

    private void addRow(double factor, MemorySegment values, long offset, double[] out) {
      for (int j = 0; j < out.length; j++) {
        double g = values.get(ValueLayout.JAVA_FLOAT, offset + 4L * j);
        out[j] += factor * (ofSquares ? g * g : g);
      }
    }

    @Override
    public void locate(long[] rows, int count, int column, RowCells[] at) {
      OuterProduct.locate(rows, count, at);
    }

    @Override
    public MemorySegment cells() {
      return estimate.u();
    }

    @Override
    public void accumulate(long row, int column, int n, float decay, float scale, MemorySegment x, long xo,
        MemorySegment out, long oo, RowCells at, Scratch scratch) {
      estimate.write(row, column, n, out, oo);
    }

    @Override
    public Sharing sharing() {
      return Sharing.BOTH;
    }

    @Override
    public List<StateArray> arrays() {
      return List.of(new StateArray("u", estimate.u()), new StateArray("v", estimate.v()));
    }
  }
}
