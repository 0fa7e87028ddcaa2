/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.step;

import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.Gradient;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.kernel.RowCells;
import dev.sublinear.kernel.Scratch;
import dev.sublinear.layout.FoldableLayout;
import dev.sublinear.layout.None;
import dev.sublinear.layout.Reduction;
import dev.sublinear.layout.RowState;
import dev.sublinear.layout.Sharing;
import dev.sublinear.layout.Slot;
import dev.sublinear.layout.StateArray;
import dev.sublinear.layout.StateLayout;
import dev.sublinear.rule.RowCounter;
import dev.sublinear.rule.RowStep;
import dev.sublinear.rule.UpdateRule;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An update rule times its layouts, bound to one parameter table.
 *
 * <p>Order within a step: rows in ascending id, so a row's estimate sees the updates of earlier rows of the same step.
 * Rows without a gradient keep their parameters, whatever decays. The result does not depend on the number of threads:
 * a row is updated whole by one thread, and where rows share cells those that meet in one take their turn
 * ({@link RowOrder}), or one thread does them all if every row has a gradient. A step allocates nothing once it is
 * compiled.
 *
 * <p>Bytes: {@link OptimizerSpec#bytes}. Not thread-safe: one step at a time.
 */
public final class RowOptimizer implements Optimizer {
  private OptimizerSpec spec;
  private final RowTable parameters;
  private final long seed;
  private final Workers workers;
  private List<RowState> states;
  private final boolean[] sweeps;
  private final boolean[] absorbs;
  private final boolean[] meets;
  private final boolean rowsMeet;
  private final @Nullable RowOrder turns;
  private final RowCounter counter;
  private @Nullable MemorySegment counters;
  private RowStep rowStep;
  private final Workers.Task update = this::update;
  private @Nullable Gradient gradient;
  /** Of this step; a dense gradient of rows that meet is one thread's, who need not go to and fro between places. */
  private @Nullable RowOrder order;
  private final @Nullable RowSums sums;
  private boolean isMeasuring;
  private long step;

  /**
   * Allocates the state, all zero.
   *
   * @param spec the rule and its layouts
   * @param parameters the table that {@link #step} updates
   * @param seed seed of hashes and rounding; give every table its own, see {@link CounterRandom#stream}
   * @param arena owner of the state's memory
   * @param workers threads of the step; may be shared with other optimizers
   * @throws IllegalArgumentException if a layout cannot hold the table's shape
   */
  public RowOptimizer(OptimizerSpec spec, RowTable parameters, long seed, Arena arena, Workers workers) {
    this.spec = spec;
    this.parameters = parameters;
    this.seed = seed;
    this.workers = workers;
    int slots = spec.layouts().size();
    List<RowState> allocated = new ArrayList<>(slots);
    sweeps = new boolean[slots];
    absorbs = new boolean[slots];
    meets = new boolean[slots];
    UpdateRule rule = spec.rule();
    boolean anyMeet = false;
    for (int k = 0; k < slots; k++) {
      StateLayout layout = spec.layouts().get(k);
      RowState state = allocate(rule.slots().get(k), layout, arena);
      allocated.add(state);
      sweeps[k] = layout.firstSweep() == Reduction.ROW_SUM;
      absorbs[k] = layout.firstSweep() == Reduction.GRADIENT;
      meets[k] = state.sharing() == Sharing.ROWS;
      anyMeet |= meets[k];
    }
    states = List.copyOf(allocated);
    rowsMeet = anyMeet;
    turns = rowsMeet && workers.count() > 1 ? new RowOrder(workers.count(), slots) : null;
    counter = rule.rowCounter();
    counters = counter != RowCounter.NONE ? arena.allocate(parameters.rows() * Integer.BYTES, 64) : null;
    rowStep = remembering(rule).newStep(states);
    sums = rule.isMeasured() ? new RowSums() : null;
  }

  private RowState allocate(Slot slot, StateLayout layout, Arena arena) {
    long slotSeed = CounterRandom.mix(seed ^ CounterRandom.stream(slot.name()));
    return layout.allocate(arena, slotSeed, shape());
  }

  private long[] shape() {
    return parameters.shape().stream().mapToLong(Long::longValue).toArray();
  }

  private UpdateRule remembering(UpdateRule rule) {
    UpdateRule result = rule;
    for (int k = 0; k < states.size(); k++) {
      if (spec.layouts().get(k) instanceof None) {
        result = result.withoutMemory(rule.slots().get(k).name());
      }
    }
    return result;
  }

  /**
   * Makes one step.
   *
   * @param gradient the gradient; it is only read
   * @param learningRate the step's learning rate
   * @throws IllegalArgumentException if the gradient's shape or an id does not fit the table; nothing has changed then
   * @throws IllegalStateException if a thread failed; parameters and state are then undefined
   */
  @Override
  public void step(Gradient gradient, float learningRate) {
    parameters.requireFits(gradient);
    step++;
    rowStep.begin(step, learningRate, gradient.count() < parameters.rows());
    for (int k = 0; k < states.size(); k++) {
      states.get(k).beginStep(step, rowStep.decay(k), rowStep.scale(k));
      if (absorbs[k]) {
        states.get(k).absorb(gradient, spec.rule().slots().get(k).kind() == Slot.Kind.NON_NEGATIVE);
      }
    }
    this.gradient = gradient;
    try {
      if (sums != null) {
        measure(gradient, sums);
      }
      order = gradient instanceof DenseRows ? null : turns;
      if (order != null) {
        order.begin();
      }
      workers.run(update);
    } finally {
      this.gradient = null;
      isMeasuring = false;
    }
    for (int k = 0; k < states.size(); k++) {
      states.get(k).endStep();
    }
  }

  /**
   * The first pass of a rule that asks for two; where rows share cells it is one thread's, since rows have their order.
   */
  private void measure(Gradient gradient, RowSums sums) {
    sums.clear();
    order = null;
    isMeasuring = true;
    workers.run(update);
    isMeasuring = false;
    rowStep.measured(sums.total(0), sums.total(1), gradient.count() * gradient.columns());
  }

  /**
   * Folds every sketch to half its width and moves all state into {@code arena}; parameters and the number of steps
   * stay, and {@link #spec} is then {@link OptimizerSpec#folded}. Close the arena of the old state, which is not read
   * again, to give its memory back. Not during a step. Bytes while it runs: the old state and the new one.
   *
   * @param arena owner of the state's memory from now on
   * @throws IllegalArgumentException if there is no sketch, or one cannot be folded; nothing has changed then
   */
  public void fold(Arena arena) {
    long[] shape = shape();
    OptimizerSpec folded = spec.folded(shape);
    List<RowState> moved = new ArrayList<>(states.size());
    for (int k = 0; k < states.size(); k++) {
      RowState state = allocate(spec.rule().slots().get(k), folded.layouts().get(k), arena);
      moved.add(state);
      if (spec.layouts().get(k) instanceof FoldableLayout layout) {
        layout.fold(states.get(k), state, shape);
      } else {
        copy(states.get(k).arrays(), state.arrays());
      }
    }
    counters = counters == null ? null : arena.allocate(counters.byteSize(), 64).copyFrom(counters);
    spec = folded;
    states = List.copyOf(moved);
    rowStep = remembering(spec.rule()).newStep(states);
  }

  private static void copy(List<StateArray> from, List<StateArray> to) {
    for (int i = 0; i < to.size(); i++) {
      to.get(i).data().copyFrom(from.get(i).data());
    }
  }

  private void update(int part, int parts, Scratch scratch) {
    Gradient g = current();
    if (order == null) {
      int shares = rowsMeet ? 1 : parts;
      if (part < shares) {
        update(g, RowSums.first(g.count(), part, shares), RowSums.first(g.count(), part + 1, shares), 0, 1, scratch);
      }
      return;
    }
    try {
      order.enter(part);
      update(g, 0, g.count(), part, parts, scratch);
    } finally {
      order.leave(part);
    }
  }

  /**
   * Updates every row i of [first, end) with i mod parts = part. Columns a block at a time and in it all rows, so that
   * the places of the next rows are those of the next calls.
   */
  private void update(Gradient g, long first, long end, int part, int parts, Scratch scratch) {
    long padded = Math.ceilDiv(end, parts) * parts; // rows per block of columns: a multiple, so a row stays its part's
    for (int column = 0; column < g.columns(); column += Scratch.BLOCK) {
      int n = Math.min(Scratch.BLOCK, g.columns() - column);
      long before = column / Scratch.BLOCK * padded;
      int block = 0;
      for (int k = 0; k < states.size(); k++) {
        states.get(k).enterColumns(column, n, Scratch.kept(k), scratch);
      }
      locate(g, first, end, column, before, part, parts, block, scratch);
      for (long begin = first; begin < end; begin += Scratch.ROWS_AHEAD) {
        locate(g, begin + Scratch.ROWS_AHEAD, end, column, before, part, parts, 1 - block, scratch);
        int count = count(begin, end);
        for (int k = own(begin, part, parts); k < count; k += parts) {
          long i = begin + k;
          scratch.select(block, k);
          if (order != null) {
            for (int slot = 0; slot < states.size(); slot++) {
              if (meets[slot]) {
                order.await(part, scratch.located(slot));
              }
            }
          }
          if (column == 0 && (isMeasuring || sums == null)) {
            prepareRow(g, i);
          }
          updateRow(g, i, column, n, scratch);
          if (column + n == g.columns() && !isMeasuring) {
            finishRow(g.row(i));
          }
          if (order != null) {
            order.done(part, before + i);
          }
        }
        block = 1 - block;
      }
      for (int k = 0; k < states.size(); k++) {
        states.get(k).leaveColumns(column, n, Scratch.kept(k), scratch);
      }
    }
  }

  private static int count(long begin, long end) {
    return Math.clamp(end - begin, 0, Scratch.ROWS_AHEAD);
  }

  /** The place of the first of this part's rows in the block that begins with row {@code begin}. */
  private static int own(long begin, int part, int parts) {
    return Math.floorMod(part - begin, parts);
  }

  /** Finds the cells of a block of rows, and has those that this part updates fetched. */
  private void locate(Gradient g, long begin, long end, int column, long before, int part, int parts, int block,
      Scratch scratch) {
    int count = count(begin, end);
    long[] rows = scratch.rows;
    for (int i = 0; i < count; i++) {
      rows[i] = g.row(begin + i);
    }
    for (int k = 0; k < states.size(); k++) {
      states.get(k).locate(rows, count, column, scratch.located(block, k));
    }
    if (order != null) {
      for (int k = 0; k < states.size(); k++) {
        if (meets[k]) {
          order.add(part, before + begin, count, k, scratch.located(block, k));
        }
      }
    }
    // By itself, so that the processor has many of these reads before it and waits for their lines and pages together.
    int read = 0;
    for (int i = own(begin, part, parts); i < count; i += parts) {
      read += parameters.data().get(ValueLayout.JAVA_BYTE, parameters.offset(rows[i]) + 4L * column);
    }
    for (int k = 0; k < states.size(); k++) {
      MemorySegment cells = states.get(k).cells();
      RowCells[] at = scratch.located(block, k);
      for (int i = own(begin, part, parts); i < count; i += parts) {
        for (int j = 0; j < at[i].depth; j++) {
          read += cells.get(ValueLayout.JAVA_BYTE, at[i].offsets[j]);
        }
      }
    }
    scratch.keep(read);
  }

  /** What is done once per row before its columns: sums for the layouts, update counters. */
  private void prepareRow(Gradient g, long i) {
    long row = g.row(i);
    for (int k = 0; k < sweeps.length; k++) {
      if (sweeps[k]) {
        states.get(k).absorb(row, g.values(), g.offset(i), g.columns());
      }
    }
    if (counters != null && counter == RowCounter.UPDATES) {
      counters.setAtIndex(ValueLayout.JAVA_INT, row, counters.getAtIndex(ValueLayout.JAVA_INT, row) + 1);
    }
  }

  /** The counter of a gap holds the row's last step, so it moves on only after all columns have read it. */
  private void finishRow(long row) {
    if (counters != null && counter == RowCounter.GAP) {
      counters.setAtIndex(ValueLayout.JAVA_INT, row, Math.toIntExact(step));
    }
  }

  private void updateRow(Gradient g, long i, int column, int n, Scratch scratch) {
    long row = g.row(i);
    if (isMeasuring && sums != null) {
      rowStep.measure(row, column, n, g.values(), g.offset(i) + 4L * column, parameters.data(),
          parameters.offset(row) + 4L * column, scratch, sums.array(), RowSums.place(i, g.count()));
      return;
    }
    int count = counters == null ? 0 : counters.getAtIndex(ValueLayout.JAVA_INT, row);
    if (counter == RowCounter.GAP && count > 0) {
      count = Math.toIntExact(step - count);
    }
    rowStep.apply(row, column, n, g.values(), g.offset(i) + 4L * column, parameters.data(),
        parameters.offset(row) + 4L * column, count, scratch);
  }

  private Gradient current() {
    return Objects.requireNonNull(gradient, "no step in progress");
  }

  /** The rule and its layouts. */
  @Override
  public OptimizerSpec spec() {
    return spec;
  }

  @Override
  public RowTable parameters() {
    return parameters;
  }

  /** The seed of hashes and rounding. */
  public long seed() {
    return seed;
  }

  /** The state of slot number {@code slot}. */
  RowState state(int slot) {
    return states.get(slot);
  }

  @Override
  public long steps() {
    return step;
  }

  /** All memory of the state, slot by slot, as {@code slot.array}; their sizes add up to {@link #bytes}. */
  @Override
  public List<StateArray> arrays() {
    List<StateArray> arrays = new ArrayList<>();
    for (int k = 0; k < states.size(); k++) {
      String slot = spec.rule().slots().get(k).name();
      for (StateArray array : states.get(k).arrays()) {
        arrays.add(new StateArray(slot + "." + array.name(), array.data()));
      }
    }
    if (counters != null) {
      arrays.add(new StateArray("counters", counters));
    }
    return arrays;
  }

  @Override
  public void resumeAt(long steps) {
    step = steps;
  }
}
