/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.step;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.gradient.SparseRows;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.kernel.RowCells;
import dev.sublinear.kernel.Scratch;
import dev.sublinear.layout.None;
import dev.sublinear.layout.RowState;
import dev.sublinear.layout.Slot;
import dev.sublinear.layout.StateLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Exact moments of some rows beside an optimizer, to see how far off its layouts are while it trains.
 *
 * <p>E, [rows x columns] per slot, are the moments of the same rule at the same gradients, in {@link StateLayout#exact}
 * layouts (exact to float32 rounding): a second, small optimizer on these rows, whose parameters nobody reads. (To it a
 * gradient may be one of every row that leaves out rows of the table; no slot that is measured depends on that.) S are
 * the estimates of the optimizer. Over all rows and columns of a slot, in double precision, with 0/0 = 0: relative
 * error ||S - E||_2 / ||E||_2, over-estimate sum(S - E) / sum |E|.
 *
 * <p>The optimizer is only read, so a probed run has the bits of one that is not. Bytes: 4 rows columns (slots + 2),
 * and scratch memory; they are no optimizer state: neither in {@link RowOptimizer#bytes} nor in its arrays and
 * checkpoints, so that a run that is resumed cannot be probed. A step followed costs one small object. Not thread-safe:
 * between the optimizer's steps only.
 */
public final class Probe {
  private static final long STREAM = CounterRandom.stream("probe");
  private static final long ESTIMATE = Scratch.run(1);
  private static final long EXACT = Scratch.run(2);

  private final RowOptimizer optimizer;
  private final RowOptimizer exact;
  private final Scratch scratch;
  private final long[] rows;
  private final long[] ids;
  private final MemorySegment values;

  /**
   * What the layout of a slot makes of its moments.
   *
   * @param slot the slot's name
   * @param relativeError ||S - E||_2 / ||E||_2; infinite if E is 0 and S is not
   * @param overEstimate sum(S - E) / sum |E|, negative if S is too small
   */
  public record Deviation(String slot, double relativeError, double overEstimate) {}

  /**
   * Draws the rows, without repetition and uniformly over the table, as a function of the seed and the table's rows.
   *
   * @param optimizer the optimizer, before its first step
   * @param rows number of rows; all of them if the table has no more
   * @param seed seed of the choice
   * @param arena owner of the memory
   * @param workers threads of the exact moments; may be the optimizer's
   * @throws IllegalArgumentException if {@code rows} is below 1, or the optimizer has made a step
   */
  public Probe(RowOptimizer optimizer, int rows, long seed, Arena arena, Workers workers) {
    if (rows < 1) {
      throw new IllegalArgumentException("probe of " + rows + " rows: must be >= 1");
    }
    if (optimizer.steps() > 0) {
      throw new IllegalArgumentException(
          "probe of an optimizer at step " + optimizer.steps() + ": it must see every step from the first");
    }
    this.optimizer = optimizer;
    RowTable table = optimizer.parameters();
    this.rows = draw(seed, Math.min(rows, table.rows()), table.rows());
    ids = new long[this.rows.length];
    values = arena.allocate(4L * ids.length * table.columns(), 64);
    scratch = new Scratch(arena);
    exact = new RowOptimizer(optimizer.spec().exact(),
        RowTable.allocate(arena, ids.length, table.columns()), seed, arena, workers);
  }

  /** {@code count} of the numbers below {@code bound}, every such set as likely as another (Floyd, 1987). */
  private static long[] draw(long seed, long count, long bound) {
    long key = CounterRandom.key(seed, STREAM, 0);
    TreeSet<Long> drawn = new TreeSet<>();
    for (long last = bound - count; last < bound; last++) {
      if (!drawn.add(CounterRandom.below(key, last, last + 1))) {
        drawn.add(last);
      }
    }
    return drawn.stream().mapToLong(Long::longValue).toArray();
  }

  /** The probed rows, ascending. */
  public long[] rows() {
    return rows.clone();
  }

  /**
   * Brings the exact moments up to date; to be called once for every step of the optimizer, before or after it.
   *
   * @param gradient the gradient of the step; it is only read
   */
  public void follow(Gradient gradient) {
    long rowBytes = 4L * gradient.columns();
    int count = 0;
    for (int i = 0; i < rows.length; i++) {
      long found = find(gradient, rows[i]);
      if (found >= 0) {
        ids[count] = i;
        MemorySegment.copy(gradient.values(), gradient.offset(found), values, count * rowBytes, rowBytes);
        count++;
      }
    }
    exact.step(new SparseRows(ids, count, values, gradient.columns()), 0);
  }

  /** The number of a table row among the gradient's rows, or -1. */
  private static long find(Gradient gradient, long row) {
    long low = 0;
    long high = gradient.count();
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (gradient.row(middle) < row) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < gradient.count() && gradient.row(low) == row ? low : -1;
  }

  /**
   * Compares all probed rows, slot by slot; left out are slots with layout {@code none}, which have no
   * moments, and those of updates, which depend on rows that are not probed.
   *
   * @throws IllegalStateException if the optimizer made steps that were not followed
   */
  public List<Deviation> measure() {
    if (exact.steps() != optimizer.steps()) {
      throw new IllegalStateException("probe has followed " + exact.steps() + " of " + optimizer.steps() + " steps");
    }
    List<Deviation> deviations = new ArrayList<>();
    for (int slot = 0; slot < optimizer.spec().layouts().size(); slot++) {
      if (!(optimizer.spec().layouts().get(slot) instanceof None)
          && optimizer.spec().rule().slots().get(slot).kind() != Slot.Kind.UPDATE) {
        deviations.add(measure(slot));
      }
    }
    return deviations;
  }

  private Deviation measure(int slot) {
    double errors = 0;
    double squares = 0;
    double excess = 0;
    double mass = 0;
    int columns = optimizer.parameters().columns();
    for (int i = 0; i < rows.length; i++) {
      for (int column = 0; column < columns; column += Scratch.BLOCK) {
        int n = Math.min(Scratch.BLOCK, columns - column);
        query(optimizer.state(slot), rows[i], column, n, ESTIMATE);
        query(exact.state(slot), i, column, n, EXACT);
        for (long b = 0; b < 4L * n; b += 4) {
          double truth = scratch.memory.get(ValueLayout.JAVA_FLOAT, EXACT + b);
          double difference = scratch.memory.get(ValueLayout.JAVA_FLOAT, ESTIMATE + b) - truth;
          errors += difference * difference;
          squares += truth * truth;
          excess += difference;
          mass += Math.abs(truth);
        }
      }
    }
    String name = optimizer.spec().rule().slots().get(slot).name();
    return new Deviation(name, ratio(Math.sqrt(errors), Math.sqrt(squares)), ratio(excess, mass));
  }

  private void query(RowState state, long row, int column, int n, long out) {
    RowCells[] at = scratch.located(0, 0);
    scratch.rows[0] = row;
    state.locate(scratch.rows, 1, column, at);
    state.query(row, column, n, scratch.memory, out, at[0], scratch);
  }

  private static double ratio(double part, double whole) {
    return part == 0 && whole == 0 ? 0 : part / whole;
  }
}
