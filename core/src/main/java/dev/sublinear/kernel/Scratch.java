/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The working memory of one thread of a step: a few runs of {@link #BLOCK} floats that stay in the first-level cache,
 * and the places of the rows that come next.
 *
 * <p>Runs 0 to 3 belong to the rule (squares and estimates); run 4 belongs to the layout for the time of one call, runs
 * 5 and up to {@link Kernels#updateSketch}; behind them every slot's state has two that it keeps from the first to the
 * last row of a block of columns. Not thread-safe: one per thread.
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

  private static final int KEPT_RUN = CELL_RUN + RowCells.MAX_DEPTH;
  private static final int KEPT_RUNS = 2;

  /** Number of rows that are located at a time, and ahead: see docs/performance.md for how much that gains. */
  public static final int ROWS_AHEAD = 32;

  /** One more line per run keeps equal columns of different runs from mapping to one cache set. */
  private static final long RUN_BYTES = BLOCK * Float.BYTES + 64;

  /** All runs. */
  public final MemorySegment memory;

  /** The rows of a block. */
  public final long[] rows = new long[ROWS_AHEAD];

  private final RowCells[][][] located = new RowCells[2][SLOTS][ROWS_AHEAD];
  private int selectedBlock;
  private int selectedPlace;
  private final RowCells widened = new RowCells(0);

  @SuppressWarnings("UnusedVariable") // so that the reads it comes from are not optimized away
  private int kept;

  /** Allocates the runs in {@code arena}. */
  public Scratch(Arena arena) {
    memory = arena.allocate((KEPT_RUN + KEPT_RUNS * SLOTS) * RUN_BYTES, 64);
    for (RowCells[][] slots : located) {
      for (int slot = 0; slot < SLOTS; slot++) {
        long kept = kept(slot);
        Arrays.setAll(slots[slot], i -> new RowCells(kept));
      }
    }
  }

  /** Byte offset of run {@code k} in {@link #memory}. */
  public static long run(int k) {
    return k * RUN_BYTES;
  }

  /**
   * Byte offset of the first of the two runs that the state of slot number {@code slot} keeps while this thread updates
   * rows in one block of columns.
   */
  public static long kept(int slot) {
    return run(KEPT_RUN + KEPT_RUNS * slot);
  }

  /** Where the rows of a block live in the state of slot number {@code slot}; two blocks are kept, 0 and 1. */
  public RowCells[] located(int block, int slot) {
    return located[block][slot];
  }

  /** From now on {@link #located(int)} is about this row of a block. */
  public void select(int block, int place) {
    selectedBlock = block;
    selectedPlace = place;
  }

  /** Where the selected row lives in the state of slot number {@code slot}. */
  public RowCells located(int slot) {
    return located[selectedBlock][slot][selectedPlace];
  }

  /**
   * Uses the result of reads that were made to have memory fetched: a sketch's rows are all over its memory, and what
   * takes the time is waiting for their cache lines and pages in turn.
   */
  public void keep(int read) {
    kept += read;
  }

  /** A row of float32 cells in this memory to work on in the place of the packed {@code row}. */
  RowCells widened(RowCells row) {
    widened.depth = row.depth;
    widened.isMedian = row.isMedian;
    widened.ofCell = row.ofCell;
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
