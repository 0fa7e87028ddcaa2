/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * A count-sketch of the rows, for moments of either sign.
 *
 * <p>Cells C of [depth x width x columns]; row i meets bucket h_j(i) with sign s_j(i) in depth j. The estimate of S[i]
 * is the median over j of s_j(i) C[j, h_j(i)]. With decay {@code touched}, an update makes every depth's cell decay
 * cell + s_j(i) scale x; with {@code queried}, it adds s_j(i) ((decay - 1) estimate + scale x) to all depths; with
 * {@code global}, the whole sketch is multiplied by decay once a step (through one scalar) and scale x is added.
 *
 * <p>Error: for {@code global}, or decay 1, |estimate - S[i]| &lt;= e ||S||_2 per column with probability 1 - d for
 * width of order 1/e^2 and depth of order log(1/d); exact to rounding where width reaches the number of rows. Bytes: 4
 * (bf16 cells: 2) depth width columns, plus 8 for {@code global}. Takes signed slots only: a median of signed cells can
 * be negative where a second moment cannot.
 *
 * <p>Source: Spring, Kyrillidis, Mohan, Shrivastava, 2019, algorithms 1 to 4. Deviations: one 64-bit hash a row, for
 * all depths, with multiply-shift (the reference's signed remainder can be negative); the estimate after an update
 * is computed from the one before it, decay estimate + scale x, which equals a second query bit for bit, because all
 * depths move alike and rounding is monotone.
 *
 * @param options size and decay; depth 1, 3, 5 or 7
 */
public record CountSketch(SketchOptions options) implements FoldableLayout {
  /**
   * Checks the depth.
   *
   * @throws IllegalArgumentException for an even depth, which has no middle element
   */
  public CountSketch {
    if (options.depth() % 2 == 0) {
      throw new IllegalArgumentException(
          "count-sketch depth " + options.depth() + ": must be odd (1, 3, 5 or 7), so that the median is a cell");
    }
  }

  static CountSketch read(Term term) {
    if (term.choice("axis", Axis.ROWS) == Axis.COLUMNS) {
      throw new IllegalArgumentException(
          "count-sketch axis=columns: all columns of a dense row weigh about alike, and the estimate of one would be"
              + " mostly the noise of the others; use axis=rows, or bf16 or none");
    }
    return new CountSketch(SketchOptions.read(term));
  }

  @Override
  public String name() {
    return "count-sketch";
  }

  @Override
  public long bytes(long... shape) {
    return options.bytes(shape);
  }

  @Override
  public RowState allocate(Arena arena, long seed, long... shape) {
    return new Sketch(options, true, arena, seed, shape);
  }

  @Override
  public StateLayout exact(Slot slot) {
    return new CountSketch(options.exact());
  }

  @Override
  public CountSketch folded(long... shape) {
    CountSketch half = new CountSketch(options.folded());
    half.bytes(shape); // refuses a width that cannot be halved
    return half;
  }

  @Override
  public void fold(RowState state, RowState half, long... shape) {
    Sketch.fold(options, state, half, shape);
  }

  @Override
  public boolean lossless(long... shape) {
    return options.lossless(shape);
  }

  @Override
  public @Nullable String refusal(Slot slot) {
    return switch (slot.kind()) {
      case SIGNED, UPDATE -> null;
      case NON_NEGATIVE -> "a median of signed cells can be negative, and this moment cannot; use count-min";
      case MAXIMUM -> "a sketch is linear and a maximum is not";
    };
  }

  @Override
  public String toString() {
    return name() + ":" + options;
  }
}
