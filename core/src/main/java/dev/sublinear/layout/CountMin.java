/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * A count-min sketch of the rows, for moments that are never negative.
 *
 * <p>As {@link CountSketch} without signs, and the estimate is the minimum over the depths.
 *
 * <p>Error: for {@code global}, or decay 1, S[i] &lt;= estimate &lt;= S[i] + e ||S||_1 per column with probability
 * 1 - d for width of order 1/e and depth of order log(1/d). With {@code touched} or {@code queried} and decay below 1
 * what decays holds the bucket-mates' mass too, so it can under-estimate. Cleaning under-estimates by design. Bytes: as
 * {@link CountSketch}. Takes non-negative slots only.
 *
 * <p>With {@code axis=columns} the text stands for {@link CountMinColumns}.
 *
 * <p>Source: Spring, Kyrillidis, Mohan, Shrivastava, 2019, algorithms 1, 3 and 4. Deviations as {@link CountSketch}.
 *
 * @param options size, decay and cleaning; depth 1 to 7
 */
public record CountMin(SketchOptions options) implements FoldableLayout {
  static StateLayout read(Term term) {
    return term.choice("axis", Axis.ROWS) == Axis.ROWS
        ? new CountMin(SketchOptions.read(term))
        : CountMinColumns.read(term);
  }

  @Override
  public String name() {
    return "count-min";
  }

  @Override
  public long bytes(long... shape) {
    return options.bytes(shape);
  }

  @Override
  public RowState allocate(Arena arena, long seed, long... shape) {
    return new Sketch(options, false, arena, seed, shape);
  }

  @Override
  public StateLayout exact(Slot slot) {
    return new CountMin(options.exact());
  }

  @Override
  public CountMin folded(long... shape) {
    CountMin half = new CountMin(options.folded());
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
      case NON_NEGATIVE -> null;
      case SIGNED, UPDATE -> "a minimum over colliding cells is no estimate of a moment with a sign; use count-sketch";
      case MAXIMUM -> "a sketch is linear and a maximum is not";
    };
  }

  @Override
  public String toString() {
    return name() + ":" + options;
  }
}
