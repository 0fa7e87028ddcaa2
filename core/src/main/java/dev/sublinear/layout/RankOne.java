/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.kernel.RowCells;
import dev.sublinear.kernel.Scratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Row sums and column sums of a moment: the non-negative factorisation of rank one.
 *
 * <p>With X the step's gradient, squared, of which the rows without a gradient are 0: R[i] &lt;- decay R[i] + scale
 * sum_j X[i, j] for rows with a gradient, C[j] &lt;- decay C[j] + scale sum_i X[i, j] once for every step with one; the
 * estimate of S[i, j] is R[i] C[j] / sum(C), and 0 where sum(C) is. R is [rows] in float32, C is [columns] in float64,
 * the sums are taken in float64 in ascending order of rows and columns.
 *
 * <p>Error: none for one row or one column, or where every X is a multiple of one non-negative matrix of rank one; the
 * best approximation by generalized Kullback-Leibler divergence otherwise, without a bound on one element. Bytes:
 * 4 rows + 8 columns (C in float64 costs next to nothing, and sums of either sign cancel), and beside the state 12
 * columns of working memory. Takes non-negative slots only. With {@code force} it takes signed slots only and sums the
 * gradient itself: there the sums cancel, sum(C) may be near 0 where S is not, and the estimates are useless. It is
 * there to show that, as the paper does.
 *
 * <p>Source: Shazeer, Stern, 2018, algorithm 4 (Adafactor's second moment, without its clipping and schedules); Spring,
 * Kyrillidis, Mohan, Shrivastava, 2019, on both slots (LR-NMF). Deviation: the sources divide by sum(R), which is
 * sum(C) if all rows have a gradient in all steps. Here a row decays when it is touched, as in every exact layout, so
 * that R[i] is what {@code row-wise} keeps and C / sum(C) is the shape that the rows have in common (docs/adr/0013).
 *
 * @param force whether it holds signed moments, badly, rather than non-negative ones
 */
public record RankOne(boolean force) implements StateLayout {
  @Override
  public String name() {
    return "rank-one";
  }

  @Override
  public long bytes(long... shape) {
    return Math.addExact(Math.multiplyExact(Shapes.rows(shape), (long) Float.BYTES),
        Math.multiplyExact(Shapes.columns(shape), (long) Double.BYTES));
  }

  @Override
  public RowState allocate(Arena arena, long seed, long... shape) {
    return new State(OuterProduct.allocate(arena, shape), arena);
  }

  @Override
  public Reduction firstSweep() {
    return Reduction.GRADIENT;
  }

  @Override
  public boolean lossless(long... shape) {
    return !force && (Shapes.rows(shape) == 1 || Shapes.columns(shape) == 1);
  }

  @Override
  public @Nullable String refusal(Slot slot) {
    return switch (slot.kind()) {
      case NON_NEGATIVE -> force ? "force=true sums moments with a sign, and this one has none; leave it out" : null;
      case SIGNED -> force ? null : "sums over rows and columns of a moment with a sign cancel; use rank-one-svd";
      case UPDATE -> "it takes in the whole gradient before the first row, and this moment is made of updates";
      case MAXIMUM -> "it keeps sums, and a maximum is none";
    };
  }

  @Override
  public String toString() {
    return name() + Term.text("force", force, false);
  }

  private static final class State implements RowState {
    private final OuterProduct estimate; // R, and C / sum(C) for the time of a step
    private final MemorySegment columnSums;
    private final double[] stepSums;
    private boolean isShared; // C / sum(C) is that of C: from the sweep to the end of a step
    private float decay;
    private float scale;

    State(OuterProduct estimate, Arena arena) {
      this.estimate = estimate;
      columnSums = arena.allocate(2 * estimate.v().byteSize(), 64);
      stepSums = new double[Math.toIntExact(estimate.v().byteSize() / Float.BYTES)];
    }

    @Override
    public void beginStep(long t, float decay, float scale) {
      this.decay = decay;
      this.scale = scale;
    }

    @Override
    public void absorb(Gradient gradient, boolean ofSquares) {
      if (gradient.count() == 0) {
        return;
      }
      Arrays.fill(stepSums, 0);
      for (long i = 0; i < gradient.count(); i++) {
        double sum = addRow(gradient.values(), gradient.offset(i), ofSquares);
        long row = gradient.row(i);
        estimate.setRow(row, (double) decay * estimate.row(row) + scale * sum);
      }
      for (int j = 0; j < stepSums.length; j++) {
        double sum = decay * columnSums.getAtIndex(ValueLayout.JAVA_DOUBLE, j) + scale * stepSums[j];
        columnSums.setAtIndex(ValueLayout.JAVA_DOUBLE, j, sum);
      }
      shareColumns();
      isShared = true;
    }

    @Override
    public void endStep() {
      isShared = false;
    }

    /** C / sum(C), for the estimates: not kept with the state, so made anew after a fold or a restore. */
    private void shareColumns() {
      double total = 0;
      for (int j = 0; j < stepSums.length; j++) {
        total += columnSums.getAtIndex(ValueLayout.JAVA_DOUBLE, j);
      }
      for (int j = 0; j < stepSums.length; j++) {
        double share = total == 0 ? 0 : columnSums.getAtIndex(ValueLayout.JAVA_DOUBLE, j) / total;
        estimate.v().setAtIndex(ValueLayout.JAVA_FLOAT, j, (float) share);
      }
    }

    @Override
    public void query(long row, int column, int n, MemorySegment out, long oo, RowCells at, Scratch scratch) {
      if (!isShared) {
        shareColumns();
      }
      estimate.write(row, column, n, out, oo);
    }

    /** Adds a row to the step's column sums and returns its sum. */
    private double addRow(MemorySegment values, long offset, boolean ofSquares) {
      double sum = 0;
      for (int j = 0; j < stepSums.length; j++) {
        double g = values.get(ValueLayout.JAVA_FLOAT, offset + 4L * j);
        double x = ofSquares ? g * g : g;
        stepSums[j] += x;
        sum += x;
      }
      return sum;
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
      return List.of(new StateArray("rows", estimate.u()), new StateArray("columns", columnSums));
    }
  }
}
