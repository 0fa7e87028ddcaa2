/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The working memory of one thread of a step: a few runs of {@link #BLOCK} floats that stay in the first-level cache.
 *
 * <p>Runs 0 to 3 belong to the rule (squares and estimates); runs 4 and up, the offsets and the signs belong to the
 * layout for the time of one call. Not thread-safe: one per thread.
 */
public final class Scratch {
  /** The longest run of columns that is handed to a rule or layout in one call; a multiple of 16. */
  public static final int BLOCK = 1024;

  /** The greatest depth of a sketch. */
  public static final int MAX_DEPTH = 7;

  /** The first run that a layout may use; it has {@code MAX_DEPTH + 1} of them. */
  public static final int LAYOUT_RUN = 4;

  /** One more line per run keeps equal columns of different runs from mapping to one cache set. */
  private static final long RUN_BYTES = BLOCK * Float.BYTES + 64;

  /** All runs. */
  public final MemorySegment memory;

  /** Byte offsets of the cells of a row, one per depth. */
  public final long[] offsets = new long[MAX_DEPTH];

  /** Signs of a row, one per depth. */
  public final float[] signs = new float[MAX_DEPTH];

  /** Allocates the runs in {@code arena}. */
  public Scratch(Arena arena) {
    memory = arena.allocate((LAYOUT_RUN + MAX_DEPTH + 1) * RUN_BYTES, 64);
  }

  /** Byte offset of run {@code k} in {@link #memory}. */
  public static long run(int k) {
    return k * RUN_BYTES;
  }
}
