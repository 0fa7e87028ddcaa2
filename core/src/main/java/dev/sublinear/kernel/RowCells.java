/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.kernel;

/**
 * Where the cells of one row lie in a state, and for a sketch what an update does to them: the operand of
 * {@link Kernels#updateSketch}.
 *
 * <p>An update of a sketch decays what every depth has of the row, c_j = ofCell (signs[j] cells[offsets[j]]), estimates
 * e = median or minimum over j of c_j, sets every depth's cell to signs[j] (c_j + delta) with delta = ofOld e + ofNew
 * x, and returns factor e + factor delta: the estimate of the new cells, because rounding is monotone. Where ofOld is
 * 0, delta is ofNew x alone: an e that is infinite or NaN stays in the cells that it comes from. Mutable and reused,
 * because a step allocates nothing, and without references, whose writes would be seen by the collector's cards that
 * threads share; not thread-safe.
 */
public final class RowCells {
  /** The greatest depth of a sketch. */
  public static final int MAX_DEPTH = 7;

  /** Byte offsets of the first cell in each place. */
  public final long[] offsets = new long[MAX_DEPTH];

  /** Sign of the row in each depth; 1 if the sketch has none. */
  public final float[] signs = new float[MAX_DEPTH];

  /** For each place the last earlier row of the step that has it too, or -1; only where threads share rows. */
  public final long[] earlier = new long[MAX_DEPTH];

  /** Number of places: the hash functions of a sketch, 1 where a row has its own cells, 0 where nothing is kept. */
  public int depth;

  /** The estimate is a median (an odd depth) rather than a minimum. */
  public boolean isMedian;

  /** Cells are packed bfloat16 (see {@link Bfloat16}) rather than float32. */
  public boolean isPacked;

  /** Counter of the rounding noise of the run's first cell; packed cells only. */
  public int key;

  /** Factor of each depth's own old cell, not negative; 1 unless a sketch says otherwise. */
  public float ofCell = 1;

  /** Factor of the estimate in delta; with 0 it is left out. */
  public float ofOld;

  /** Factor of x in delta. */
  public float ofNew;

  /** The true value of a cell over what is stored. */
  public float factor;

  /** Byte offset in {@link Scratch#memory} of the runs that the state keeps, see {@link Scratch#kept}. */
  public final long kept;

  /** For {@link Scratch}. */
  RowCells(long kept) {
    this.kept = kept;
  }

  /** Moves the run {@code columns} to the right: to the left if negative; packed cells by whole groups only. */
  public void advance(int columns) {
    long bytes = (long) columns * (isPacked ? Short.BYTES : Float.BYTES);
    for (int j = 0; j < depth; j++) {
      offsets[j] += bytes;
    }
    key += columns / 2;
  }
}
