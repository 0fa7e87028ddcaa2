/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The working memory of one thread of a step: a few runs of {@link #BLOCK} floats that stay in the first-level cache,
 * and the places of the rows that come next.
 *
 * <p>Runs 0 to 3 belong to the rule (squares and estimates); run 4 belongs to the layout for the time of one call, runs 5
 * and up to {@link Kernels#updateSketch}. Not thread-safe: one per thread.
 */
public final class Scratch {
  /** The longest run of columns that is handed to a rule or layout in one call; a multiple of 32. */
  public static final int BLOCK = 1024;

  /** The run that a layout may use. */
  public static final int LAYOUT_RUN = 4;

  /** The first of the runs that packed cells are widened into, one per depth. */
  public static final int CELL_RUN = 5;

  /** The most moments of a rule. */
  private static final int SLOTS = 3;

  /**
   * Number of rows that are located ahead. On two cores of an EPYC a sparse step of Adam took 0.81 (dense) and 0.77
   * (sketches) of the time with 16; 8 gained less and 32 no more (docs/performance.md).
   */
  public static final int ROWS_AHEAD = 16;

  /** One more line per run keeps equal columns of different runs from mapping to one cache set. */
  private static final long RUN_BYTES = BLOCK * Float.BYTES + 64;

  /** All runs. */
  public final MemorySegment memory;

  private final SketchRow[][] located = new SketchRow[2 * ROWS_AHEAD][SLOTS];
  private final SketchRow widened = new SketchRow();
  private SketchRow[] current = located[0];
  @SuppressWarnings("UnusedVariable") // written so that the reads of touch are not optimized away
  private int touched;

  /** Allocates the runs in {@code arena}. */
  public Scratch(Arena arena) {
    memory = arena.allocate((CELL_RUN + SketchRow.MAX_DEPTH) * RUN_BYTES, 64);
    for (SketchRow[] slots : located) {
      for (int k = 0; k < SLOTS; k++) {
        slots[k] = new SketchRow();
      }
    }
    widened.cells = memory;
  }

  /** Byte offset of run {@code k} in {@link #memory}. */
  public static long run(int k) {
    return k * RUN_BYTES;
  }

  /** From now on {@link #located} is about the row with number {@code i} in its gradient. */
  public void select(long i) {
    current = located[(int) (i % located.length)];
  }

  /** Where the selected row lives in the state of slot number {@code slot}. */
  public SketchRow located(int slot) {
    return current[slot];
  }

  /**
   * Reads a byte that will be needed soon. The processor goes on while its cache line and its page's address are fetched:
   * a sketch's rows are all over its memory, and what takes the time is waiting for each of them in turn.
   */
  public void touch(MemorySegment data, long offset) {
    touched += data.get(ValueLayout.JAVA_BYTE, offset);
  }

  /** A row of float32 cells in this memory to work on in the place of the packed {@code row}. */
  SketchRow widened(SketchRow row) {
    widened.depth = row.depth;
    widened.isMedian = row.isMedian;
    widened.ofOld = row.ofOld;
    widened.ofNew = row.ofNew;
    widened.factor = row.factor;
    for (int j = 0; j < row.depth; j++) {
      widened.offsets[j] = run(CELL_RUN + j);
      widened.signs[j] = row.signs[j];
    }
    return widened;
  }
}
