/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.RowCells;
import dev.sublinear.kernel.Scratch;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One moment of one parameter table, [rows x columns], in as much memory as its layout takes.
 *
 * <p>The one primitive is: S[row] becomes decay S[row] + scale x, and the new S[row] is estimated. With (decay, scale)
 * = (mu, 1) it is momentum, (1, 1) Adagrad, (beta, 1 - beta) an exponential mean.
 *
 * <p>Call order in a step: {@link #beginStep} once; if the layout asks for a sweep, {@link #absorb(Gradient, boolean)}
 * once or {@link #absorb(long, MemorySegment, long, int)} once per row; {@link #locate} and later {@link #accumulate}
 * over each row's columns, rows ascending, between {@link #enterColumns} and {@link #leaveColumns} of a block of
 * columns, which every thread calls for its rows; {@link #endStep} once. Not thread-safe, except that what lies between
 * {@code absorb} and {@code endStep} may run in parallel on rows that have no cell in common.
 */
public interface RowState {
  /**
   * Starts step {@code t}: decay of the whole state, cleaning.
   *
   * @param t the step, from 1
   * @param decay the step's decay of this slot
   * @param scale the step's scale of this slot
   */
  default void beginStep(long t, float decay, float scale) {}

  /**
   * Takes in the gradient of all columns of {@code row}, as sums over them; called only if the layout's
   * {@link StateLayout#firstSweep} asks for it, by one thread per row.
   *
   * @param row table row
   * @param g gradient, float32
   * @param go byte offset in {@code g}
   * @param n number of columns of the table
   */
  default void absorb(long row, MemorySegment g, long go, int n) {}

  /**
   * Takes in the whole gradient of the step, with the decay and scale of {@link #beginStep}; called only if the
   * layout's {@link StateLayout#firstSweep} asks for it, once, by one thread, before any row. (A form for several
   * threads can come when a benchmark asks for it.)
   *
   * @param gradient the step's gradient, possibly empty; it is only read
   * @param ofSquares whether what is added up are the squares of the gradient rather than the gradient
   */
  default void absorb(Gradient gradient, boolean ofSquares) {}

  /**
   * Finds the cells of rows before their turn: to have them fetched, and to know which rows meet in a cell. A state
   * whose rows do ({@link Sharing#ROWS}) must name every cell that {@code accumulate} will touch.
   *
   * @param rows table rows
   * @param count number of rows
   * @param column first column
   * @param at gets, row by row, the places in {@link #cells} and whatever else {@code accumulate} will want to know
   */
  default void locate(long[] rows, int count, int column, RowCells[] at) {
    for (int i = 0; i < count; i++) {
      at[i].depth = 0;
    }
  }

  /** The memory in which {@link #locate} finds rows. */
  default MemorySegment cells() {
    return MemorySegment.NULL;
  }

  /**
   * Begins the rows that one thread updates in a block of columns.
   *
   * @param column first column
   * @param n number of columns, at most {@link Scratch#BLOCK}
   * @param kept byte offset of two runs of {@code scratch} that stay this state's until {@link #leaveColumns}; also in
   *     {@link RowCells#kept}
   * @param scratch the calling thread's working memory
   */
  default void enterColumns(int column, int n, long kept, Scratch scratch) {}

  /** Ends what {@link #enterColumns} with the same arguments began. */
  default void leaveColumns(int column, int n, long kept, Scratch scratch) {}

  /**
   * {@code S[row, c0..c0+n) <- decay S + scale x; out[0..n) <- the estimate of the new S}.
   *
   * @param row table row
   * @param column first column
   * @param n number of columns, at most {@link Scratch#BLOCK}
   * @param decay factor of the old value
   * @param scale factor of x
   * @param x float32 values
   * @param xo byte offset in {@code x}
   * @param out float32 estimates; not the same run as {@code x}
   * @param oo byte offset in {@code out}
   * @param at the row as {@link #locate} wrote it
   * @param scratch the calling thread's working memory; runs from {@link Scratch#LAYOUT_RUN} may be overwritten
   */
  void accumulate(long row, int column, int n, float decay, float scale, MemorySegment x, long xo, MemorySegment out,
      long oo, RowCells at, Scratch scratch);

  /**
   * {@code out[0..n) <- the estimate of S[row, c0..c0+n)}, between steps and, if {@link StateLayout#isKnownInStep}, in
   * a step that has accumulated all its rows; changes no bit of the state. In a step many threads may ask at a time.
   *
   * <p>By default an update by nothing, for states that {@code accumulate(1, 0)} leaves alone to the last bit: adding 0
   * to a cell does not, where the cell may be -0 or infinite.
   *
   * @param row table row
   * @param column first column
   * @param n number of columns, at most {@link Scratch#BLOCK}
   * @param out float32 estimates; neither run 0 of {@code scratch} nor one from {@link Scratch#LAYOUT_RUN} on
   * @param oo byte offset in {@code out}
   * @param at the row as {@link #locate} wrote it; used up
   * @param scratch working memory; run 0 and those from {@link Scratch#LAYOUT_RUN} may be overwritten
   */
  default void query(long row, int column, int n, MemorySegment out, long oo, RowCells at, Scratch scratch) {
    long zeros = Scratch.run(0);
    KernelSelection.current().kernels().fill(scratch.memory, zeros, n, 0);
    accumulate(row, column, n, 1, 0, scratch.memory, zeros, out, oo, at, scratch);
  }

  /** Ends the step: publishes what later steps read. */
  default void endStep() {}

  /** What may not be split between threads. */
  Sharing sharing();

  /** All memory of this state; its sizes add up to {@link StateLayout#bytes}. */
  List<StateArray> arrays();
}
