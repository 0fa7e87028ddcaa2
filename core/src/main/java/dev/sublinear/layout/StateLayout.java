/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * How a moment is stored; an immutable record that allocates a {@link RowState} per parameter.
 *
 * <p>Shapes are the parameter's: the first dimension is the rows, all others together the columns. The text form
 * ({@code toString}) is the one that {@link Layouts#parse} reads. Thread-safe.
 */
public interface StateLayout {
  /** The registered name, for example {@code count-sketch}. */
  String name();

  /**
   * The exact bytes of the state arrays for a parameter of this shape; allocates nothing.
   *
   * @throws IllegalArgumentException if the layout cannot hold the shape, saying what would work
   */
  long bytes(long... shape);

  /**
   * Allocates the state of one moment, all zero.
   *
   * @param arena owner of the memory
   * @param seed seed of hashes and rounding; part of the checkpoint format
   * @param shape the parameter's shape
   * @throws IllegalArgumentException as {@link #bytes}
   */
  RowState allocate(Arena arena, long seed, long... shape);

  /** The sweep needed before a step's first accumulate. */
  default Reduction firstSweep() {
    return Reduction.NONE;
  }

  /**
   * Whether the estimates of a step are known as soon as all its rows are accumulated: {@link RowState#query} then
   * gives them before {@link RowState#endStep}, which changes none. A rule that goes over the rows twice needs that.
   */
  default boolean isKnownInStep() {
    return true;
  }

  /** The layout that holds the slot exactly, to rounding, and decays when this one does: what an error is against. */
  default StateLayout exact(Slot slot) {
    return new Dense();
  }

  /** Whether the state of this shape equals the dense one, to rounding. */
  boolean lossless(long... shape);

  /** Why this layout cannot hold the slot; {@code null} if it can. */
  @Nullable
  String refusal(Slot slot);
}
