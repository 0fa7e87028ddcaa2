/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import dev.sublinear.kernel.RowCells;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * What count-sketch and count-min have in common: a tensor [depth x width x columns] into which rows are hashed.
 *
 * <p>width = floor(rows ratio / depth), at most the number of rows, rounded up to an even number so that buckets 2k and
 * 2k+1 can be merged; a width of at least the number of rows uses the row id as bucket and is then lossless. Every fold
 * halves the width.
 *
 * @param ratio cells of the sketch over elements of the moment, for float32 cells; above 0
 * @param depth number of hash rows
 * @param decay when old values decay, and what of them
 * @param cells what a cell is made of
 * @param cleaning the cleaning schedule, or {@code null} for none
 * @param folds how often buckets were merged in pairs since the start; a sketch may also start as if they had been
 */
public record SketchOptions(double ratio, int depth, Decay decay, Cells cells, @Nullable Cleaning cleaning,
    int folds) {
  /** A product that is whole in decimals, as 0.0048 of 625 rows over depth 3, is not to miss it by a rounding. */
  private static final double FLOOR_SLACK = 1 + 0x1.0p-50;
  private static final int MOST_FOLDS = 30;

  /** When the values of a sketch decay. */
  public enum Decay {
    /**
     * Each cell of a row decays by itself when the row is touched, cell &lt;- decay cell + scale x: lazy, like
     * SparseAdam (the paper's code).
     */
    TOUCHED,
    /**
     * The estimate of a row decays when the row is touched: every depth adds (decay - 1) estimate + scale x (the
     * paper's algorithms). The two differ where rows collide.
     */
    QUERIED,
    /** The whole sketch decays once a step, through one scalar: the sketch of the true exponential mean. */
    GLOBAL
  }

  /** The type of a cell. */
  public enum Cells {
    /** float32. */
    F32,
    /** bfloat16, rounded stochastically; half the bytes. */
    BF16
  }

  /**
   * Cleaning (Spring et al., 2019, section 3): every {@code every} steps all cells are multiplied by {@code factor}.
   *
   * @param every number of steps, at least 1
   * @param factor in [0, 1]
   */
  public record Cleaning(int every, float factor) {
    /** Checks the ranges. */
    public Cleaning {
      if (every < 1) {
        throw new IllegalArgumentException("clean every " + every + " steps: must be >= 1");
      }
      if (!(factor >= 0 && factor <= 1)) {
        throw new IllegalArgumentException("clean by " + factor + ": must be in [0, 1]");
      }
    }

    @Override
    public String toString() {
      return every + "x" + factor;
    }
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the value and what is legal
   */
  public SketchOptions {
    checkRatio(ratio);
    if (depth < 1 || depth > RowCells.MAX_DEPTH) {
      throw new IllegalArgumentException("depth " + depth + ": must be in [1, " + RowCells.MAX_DEPTH + "]");
    }
    if (folds < 0 || folds > MOST_FOLDS) {
      throw new IllegalArgumentException("folds " + folds + ": must be in [0, " + MOST_FOLDS + "]");
    }
  }

  static void checkRatio(double ratio) {
    if (!(ratio > 0 && ratio < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("ratio " + ratio + ": must be a number above 0, for example 0.2");
    }
  }

  /** A sketch of this size with the defaults: depth 3, decay {@code touched}, float32 cells, no cleaning, no folds. */
  public static SketchOptions ofRatio(double ratio) {
    return new SketchOptions(ratio, 3, Decay.TOUCHED, Cells.F32, null, 0);
  }

  /** A bucket for every row, with the same decay; no cleaning, which is an error that is made on purpose. */
  SketchOptions exact() {
    return new SketchOptions(1, 1, decay, Cells.F32, null, 0);
  }

  /** Reads {@code RATIO[:depth=D][:decay=touched|queried|global][:cells=f32|bf16][:clean=CxA][:folds=N]}. */
  static SketchOptions read(Term term) {
    SketchOptions defaults = ofRatio(term.number("the ratio"));
    return new SketchOptions(
        defaults.ratio,
        term.option("depth", defaults.depth, Integer::parseInt, "a whole number"),
        term.choice("decay", defaults.decay),
        term.choice("cells", defaults.cells),
        term.option("clean", defaults.cleaning, SketchOptions::readCleaning, "STEPSxFACTOR, for example 125x0.2"),
        term.option("folds", defaults.folds, Integer::parseInt, "a whole number"));
  }

  private static Cleaning readCleaning(String text) {
    int x = text.indexOf('x');
    if (x < 0) {
      throw new NumberFormatException(text);
    }
    return new Cleaning(Integer.parseInt(text.substring(0, x)), Float.parseFloat(text.substring(x + 1)));
  }

  /** The same after one more fold; {@link #width} says whether a table allows it. */
  SketchOptions folded() {
    return new SketchOptions(ratio, depth, decay, cells, cleaning, folds + 1);
  }

  /**
   * Number of buckets for {@code rows} rows.
   *
   * @throws IllegalArgumentException if there would be none, or they cannot be folded that often
   */
  long width(long rows) {
    long width = unfoldedWidth(rows);
    if (folds > 0 && width >= rows) {
      throw new IllegalArgumentException("folds " + folds + ": ratio " + ratio + " of " + rows + " rows at depth "
          + depth + " gives every row a bucket of its own, which stay apart; choose a smaller ratio");
    }
    if ((width & (1L << folds) - 1) != 0) {
      throw new IllegalArgumentException("folds " + folds + ": width " + width + " of " + rows
          + " rows cannot be halved that often; at most " + Long.numberOfTrailingZeros(width));
    }
    return width >> folds;
  }

  /** Even. */
  private long unfoldedWidth(long rows) {
    double width = Math.floor(rows * ratio / depth * FLOOR_SLACK);
    if (width < 1) {
      throw new IllegalArgumentException(
          "ratio " + ratio + " of " + rows + " rows at depth " + depth + " gives width 0: must be >= 1; try "
              + enough(rows));
    }
    // A bucket per row is lossless already: more would only be memory.
    long whole = (long) Math.min(width, rows);
    return whole + (whole & 1);
  }

  /** The smallest ratio that gives a bucket, rounded up to three digits. */
  private BigDecimal enough(long rows) {
    return BigDecimal.valueOf(depth).divide(BigDecimal.valueOf(rows), new MathContext(3, RoundingMode.CEILING));
  }

  int cellBytes() {
    return cells == Cells.F32 ? Float.BYTES : Short.BYTES;
  }

  /** Bytes of the cells, and of the scalar of {@code decay=global}. */
  long bytes(long[] shape) {
    long perDepth =
        Math.multiplyExact(width(Shapes.rows(shape)), Math.multiplyExact(Shapes.columns(shape), cellBytes()));
    return Math.multiplyExact(perDepth, depth) + (decay == Decay.GLOBAL ? Double.BYTES : 0);
  }

  boolean lossless(long[] shape) {
    return cells == Cells.F32 && cleaning == null && width(Shapes.rows(shape)) >= Shapes.rows(shape);
  }

  /** The text after the name in an optimizer string; defaults are left out. */
  @Override
  public String toString() {
    SketchOptions defaults = ofRatio(ratio);
    return Term.plain(ratio)
        + Term.text("depth", depth, defaults.depth)
        + Term.text("decay", decay, defaults.decay)
        + Term.text("cells", cells, defaults.cells)
        + (cleaning == null ? "" : ":clean=" + cleaning)
        + Term.text("folds", folds, defaults.folds);
  }
}
