/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import dev.sublinear.gradient.SparseRows;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.step.RowOptimizer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * Batches of distinct ascending rows with gradients, which every contender steps through in the same rotation.
 *
 * <p>Rows are drawn until {@code count} of them differ, row r in proportion to about 1 / (r + 1) (Zipf's law with
 * exponent 1): low rows are in every batch, most others in one. All batches share the values of their gradients.
 */
final class Batches {
  /** The learning rate of every step in the benchmarks. */
  static final float LEARNING_RATE = 1e-3f;

  private static final long ROWS = CounterRandom.stream("bench rows");
  private static final long VALUES = CounterRandom.stream("bench gradient values");
  private static final long SEED = 1;

  private final List<SparseRows> gradients = new ArrayList<>();
  private final List<long[]> ids = new ArrayList<>();
  private final MemorySegment values;
  private final long rows;
  private final int columns;
  private final int count;

  /**
   * Draws them.
   *
   * @param rows rows of the table
   * @param columns columns of the table
   * @param count rows of a batch
   * @param batches number of batches
   */
  Batches(long rows, int columns, int count, int batches) {
    this.rows = rows;
    this.columns = columns;
    this.count = count;
    values = gradientValues(Arena.ofAuto(), count, columns);
    for (int b = 0; b < batches; b++) {
      long[] batch = zipf(rows, count, CounterRandom.key(SEED, ROWS, b));
      ids.add(batch);
      gradients.add(new SparseRows(batch, count, values, columns));
    }
  }

  /**
   * Gradients between 0.1 and 1.1 in magnitude, of both signs: so large that it does not matter whether a library adds
   * epsilon before or after it corrects the bias.
   */
  static MemorySegment gradientValues(Arena arena, long count, int columns) {
    MemorySegment values = arena.allocate(4L * count * columns, 64);
    CounterRandom.fillUniform(values, SEED, VALUES, -1, 1);
    for (long i = 0; i < count * columns; i++) {
      float value = values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      values.setAtIndex(ValueLayout.JAVA_FLOAT, i, value + Math.copySign(0.1f, value));
    }
    return values;
  }

  private static long[] zipf(long rows, int count, long key) {
    BitSet chosen = new BitSet(Math.toIntExact(rows));
    for (long i = 0; chosen.cardinality() < count; i += count) {
      int missing = count - chosen.cardinality();
      for (int k = 0; k < missing; k++) {
        double rank = StrictMath.pow(rows + 1.0, CounterRandom.uniformDouble(key, i + k));
        chosen.set((int) Math.min((long) rank - 1, rows - 1));
      }
    }
    return chosen.stream().asLongStream().toArray();
  }

  /** The usual ones: 10 000 rows of 400 000 x 256. */
  static Batches of(Scale scale) {
    return new Batches(scale.choose(500, 400_000, 400_000), scale.choose(48, 256, 256),
        scale.choose(50, 10_000, 10_000),
        scale.choose(2, 8, 16));
  }

  /** What they are, for the report. */
  String describe() {
    return String.format(Locale.ROOT,
        "%,d distinct Zipf-drawn rows (exponent 1) of %,d x %d in each of %d batches, sorted, the same for all; a run is"
            + " one pass over them.",
        count, rows, columns, size());
  }

  /** Bytes of one float per element of the table, with some room between two pieces of memory. */
  long tableBytes() {
    return 4 * rows * columns + 4096;
  }

  /** Number of batches. */
  int size() {
    return gradients.size();
  }

  long rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  /** Rows of a batch. */
  int count() {
    return count;
  }

  /** Elements of one pass over all batches. */
  long elements() {
    return (long) size() * count * columns;
  }

  long[] ids(int batch) {
    return ids.get(batch);
  }

  /** The gradients, [count x columns], of every batch. */
  MemorySegment values() {
    return values;
  }

  SparseRows gradient(int batch) {
    return gradients.get(batch);
  }

  /** A contender whose run is a step for every batch. */
  Contender contender(String name, RowOptimizer optimizer) {
    return Contender.of(name, elements(), () -> {
      for (int b = 0; b < gradients.size(); b++) {
        optimizer.step(gradients.get(b), LEARNING_RATE);
      }
    });
  }
}
