/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

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
   * Number of rows that are located at a time, and ahead; the places of two such blocks are kept. On two cores of an EPYC a sparse step of Adam took 0.81 (dense) and 0.77
   * (sketches) of the time with 16; 8 gained less and 32 no more (docs/performance.md).
   */
  public static final int ROWS_AHEAD = 16;

  /** One more line per run keeps equal columns of different runs from mapping to one cache set. */
  private static final long RUN_BYTES = BLOCK * Float.BYTES + 64;

  /** All runs. */
  public final MemorySegment memory;

  /** The next rows, for whoever finds their places. */
  public final long[] rows = new long[ROWS_AHEAD];

  private final SketchRow[][][] located = new SketchRow[2][SLOTS][ROWS_AHEAD];
  private int half;
  private int place;
  private final SketchRow widened = new SketchRow();

  @SuppressWarnings("UnusedVariable") // so that the reads it comes from are not optimized away
  private int kept;

  /** Allocates the runs in {@code arena}. */
  public Scratch(Arena arena) {
    memory = arena.allocate((CELL_RUN + SketchRow.MAX_DEPTH) * RUN_BYTES, 64);
    for (SketchRow[][] slots : located) {
      for (SketchRow[] places : slots) {
        Arrays.setAll(places, i -> new SketchRow());
      }
    }
  }

  /** Byte offset of run {@code k} in {@link #memory}. */
  public static long run(int k) {
    return k * RUN_BYTES;
  }

  /** Where block number {@code block} of {@link #ROWS_AHEAD} rows lives in the state of slot {@code slot}. */
  public SketchRow[] located(long block, int slot) {
    return located[(int) (block % 2)][slot];
  }

  /** From now on {@link #located(int)} is about row number {@code i} of the step. */
  public void select(long i) {
    half = (int) (i / ROWS_AHEAD % 2);
    place = (int) (i % ROWS_AHEAD);
  }

  /** Where the selected row lives in the state of slot {@code slot}. */
  public SketchRow located(int slot) {
    return located[half][slot][place];
  }

  /**
   * Uses the result of reads that were made to have memory fetched: a sketch's rows are all over its memory, and what
   * takes the time is waiting for their cache lines and pages in turn.
   */
  public void keep(int read) {
    kept += read;
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
