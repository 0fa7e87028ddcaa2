/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.sketch;

import dev.sublinear.matrix.linear.LinearAlgebra;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A sketch of rank l - 1 of a sum of outer products of vectors in R^d, optionally exponentially weighted.
 *
 * <pre>
 *   G_t    = beta2 G_{t-1} + M_t                      (M_t = g g^T, or the sum of such over the rows of a matrix)
 *   rho_t  = lam_l(beta2 Gbar_{t-1} + M_t)
 *   Gbar_t = sum over i &lt; l of (lam_i - rho_t) v_i v_i^T
 *   rho_{1:t} = beta2 rho_{1:t-1} + rho_t             (the escaped mass)
 * </pre>
 *
 * <p>Error bound, at all times, for every k &lt; l (lemma 1 and observation 6, proved from the trace: every step takes
 * at least l rho_t from it):
 *
 * <pre>
 *   0 &lt;= G_t - Gbar_t &lt;= rho_{1:t} I,   rho_{1:t} &lt;= (sum over i &gt; k of lam_i(G_t)) / (l - k)
 *   tr G_t - tr Gbar_t &gt;= l rho_{1:t}                 (equal if every update is a vector and {@link Options#period()} 1)
 * </pre>
 *
 * <p>So with l > rank G_t it is exact and rho = 0; l = d + 1 always is. l = 1 keeps no direction: rho sums squared
 * norms. There is no factor 1 - beta2 before M_t, as in the paper.
 *
 * <p><b>Fast form</b> ({@link Options#fast()}): vectors wait in a buffer of l rows, and only every l-th update pays for
 * a decomposition. The buffered rows are part of Gbar ({@link #rows()}) without loss, and all bounds above hold as they
 * stand, since a step of more rows takes no less than l rho from the trace. {@link #kept()}, {@link #eigenvalue},
 * {@link #directions()} and {@link #apply} are as of the last decomposition, decayed; {@link #decompose()} brings them
 * up to date.
 *
 * <p><b>Merging</b> two sketches of the same size gives one of G + G', with rho = rho_{1:t} + rho'_{1:t} + what the
 * merging step cuts, and the same bounds (the trace argument adds up).
 *
 * <p>Time of an update: O(l^2 d + l^3) by a vector, amortised O(l d + l^2) in the fast form, and O(n r d + n^3) with
 * r = l - 1 + m rows and n = min(r, d) by a matrix of m rows. All arithmetic and state is float64: 8 ((l - 1)(d + 1) +
 * 1) bytes, in the fast form 8 l d more for the buffer, and workspaces of 8 (l d + l^2) bytes, 8 (l d + 4 l^2) in the
 * fast form, or what the largest matrix took. Not thread-safe.
 *
 * <p>Source: algorithm 1 and observation 6 of Feinberg, Chen, Sun, Anil, Hazan, 2023 (arXiv 2302.03764); the buffer and
 * merging after Ghashami, Liberty, Phillips, Woodruff, 2016 (arXiv 1501.01711). Deviations: {@link ShrinkingStep}, and
 * {@link TailDecay#SQUARE_ROOT} if asked for.
 */
public final class FrequentDirections {
  private final LinearAlgebra algebra;
  private final ShrinkingStep step;
  private final Options options;
  private final int columns;
  private final int capacity;

  private final double[] directions;
  private final double[] eigenvalues;
  private int kept;

  /** capacity rows for what is kept, filled from their end when it comes to a decomposition, then the buffered rows. */
  private double[] stacked;
  private double[] weights;
  private int buffered;

  /** Off the heap, so that no other thread waits for the eigenvectors. */
  private MemorySegment work = MemorySegment.NULL;

  private double escaped;
  private double lastEscaped;
  private final double[] coefficients;

  /**
   * What a sketch is like.
   *
   * @param size the paper's l, at least 1: l - 1 directions are kept, the l-th eigenvalue is cut
   * @param beta2 decay of an update, in (0, 1]; 1 weighs all alike
   * @param tail how the escaped mass decays
   * @param period updates from decomposition to decomposition, at least 1
   */
  public record Options(int size, double beta2, TailDecay tail, int period) {
    public Options {
      if (size < 1) {
        throw new IllegalArgumentException("sketch size " + size + ": must be >= 1");
      }
      if (!(beta2 > 0 && beta2 <= 1)) {
        throw new IllegalArgumentException("beta2 " + beta2 + ": must be in (0, 1]");
      }
      if (period < 1) {
        throw new IllegalArgumentException("period " + period + ": must be >= 1");
      }
    }

    /** The paper's sketch of size l: no decay, a decomposition with every update. */
    public static Options ofSize(int size) {
      return new Options(size, 1, TailDecay.BETA2, 1);
    }

    /** What the published deep-learning codes call rank k: k directions are kept, so l = k + 1. */
    public static Options ofRank(int rank) {
      return ofSize(rank + 1);
    }

    /** The exponentially weighted form. */
    public Options decayed(double newBeta2, TailDecay newTail) {
      return new Options(size, newBeta2, newTail, period);
    }

    /** The fast form: l updates share a decomposition. */
    public Options fast() {
      return new Options(size, beta2, tail, size);
    }
  }

  /**
   * An empty sketch, Gbar = 0 and rho = 0.
   *
   * @param algebra what computes
   * @param options size and decay
   * @param columns d
   * @throws IllegalArgumentException if d is below 1, the size above d + 1 or the state above 2^31 elements
   */
  public FrequentDirections(LinearAlgebra algebra, Options options, int columns) {
    if (columns < 1) {
      throw new IllegalArgumentException("columns " + columns + ": must be >= 1");
    }
    if (options.size() - 1 > columns) {
      throw new IllegalArgumentException("sketch size " + options.size() + ": must be <= " + (columns + 1L) + " for "
          + columns + " columns, where it is exact");
    }
    this.algebra = algebra;
    this.step = new ShrinkingStep(algebra);
    this.options = options;
    this.columns = columns;
    capacity = options.size() - 1;
    directions = new double[elements(capacity)];
    eigenvalues = new double[capacity];
    coefficients = new double[capacity];
    stacked = new double[elements((long) capacity + options.period())];
    weights = new double[options.period()];
  }

  private int elements(long rows) {
    long elements = rows * columns;
    if (elements > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          rows + " rows of " + columns + " columns: a sketch must have fewer than 2^31 elements");
    }
    return (int) elements;
  }

  /**
   * Gbar += (scale g) (scale g)^T after decay, at once or with the next decomposition.
   *
   * @param scale factor of the vector
   * @param g d elements
   * @throws IllegalArgumentException if g has another length or an element that is not finite; the sketch is as before
   * @throws ArithmeticException if a sum of squares overflows; the sketch is of no use afterwards
   */
  public void update(double scale, double[] g) {
    if (g.length != columns) {
      throw new IllegalArgumentException("vector of " + g.length + " elements: must have " + columns);
    }
    double[] rows = room(1);
    int at = (capacity + buffered) * columns;
    for (int j = 0; j < columns; j++) {
      double x = scale * g[j];
      if (!(Math.abs(x) <= Double.MAX_VALUE)) {
        throw new IllegalArgumentException("element " + j + " is " + x + ": must be finite");
      }
      rows[at + j] = x;
    }
    accept(1);
  }

  /**
   * Gbar += A^T A after one decay, at once or with the next decomposition.
   *
   * @param rows rows of A, any number
   * @param a float64 [rows x d], row-major
   * @throws IllegalArgumentException if a is too short or has an element that is not finite; the sketch is as before
   * @throws ArithmeticException if a sum of squares overflows; the sketch is of no use afterwards
   */
  public void update(int rows, MemorySegment a) {
    append(rows, a);
    accept(rows);
  }

  private void append(int rows, MemorySegment a) {
    if (rows < 0 || a.byteSize() / Double.BYTES < (long) rows * columns) {
      throw new IllegalArgumentException("matrix of " + rows + " x " + columns + ": the segment holds "
          + a.byteSize() / Double.BYTES + " elements");
    }
    double[] target = room(rows);
    int at = (capacity + buffered) * columns;
    MemorySegment.copy(a, 0, MemorySegment.ofArray(target), (long) at * Double.BYTES,
        (long) rows * columns * Double.BYTES);
    for (int i = at; i < at + rows * columns; i++) {
      if (!(Math.abs(target[i]) <= Double.MAX_VALUE)) {
        throw new IllegalArgumentException("row " + (i - at) / columns + ", element " + (i - at) % columns + " is "
            + target[i] + ": must be finite");
      }
    }
  }

  /** The stack, with room for that many rows more. */
  private double[] room(int rows) {
    if (weights.length - buffered < rows) {
      stacked = Arrays.copyOf(stacked, elements((long) capacity + buffered + rows));
      weights = Arrays.copyOf(weights, buffered + rows);
    }
    return stacked;
  }

  /** Decays what is there, and takes in the rows that were written behind it. */
  private void accept(int rows) {
    for (int i = 0; i < kept; i++) {
      eigenvalues[i] *= options.beta2();
    }
    for (int i = 0; i < buffered; i++) {
      weights[i] *= Math.sqrt(options.beta2());
    }
    escaped *= options.tail().factor(options.beta2());
    Arrays.fill(weights, buffered, buffered + rows, 1);
    buffered += rows;
    lastEscaped = 0;
    if (buffered >= options.period()) {
      decompose();
    }
  }

  /**
   * Takes the shrinking step now if rows are waiting; nothing else changes.
   *
   * @throws ArithmeticException if a sum of squares overflows; the sketch is of no use afterwards
   */
  public void decompose() {
    if (buffered == 0) {
      return;
    }
    writeRows(stacked, capacity - kept);
    MemorySegment all = MemorySegment.ofArray(stacked).asSlice((long) (capacity - kept) * columns * Double.BYTES);
    reserve(ShrinkingStep.workBytes(Math.max(capacity + options.period(), kept + buffered), columns));
    if (!step.apply(options.size(), kept + buffered, columns, all, MemorySegment.ofArray(directions), work)) {
      throw new ArithmeticException("no eigenvalues: the squares of the gradients overflow");
    }
    kept = step.kept();
    for (int i = 0; i < kept; i++) {
      eigenvalues[i] = step.eigenvalue(i);
    }
    buffered = 0;
    lastEscaped = step.escapedMass();
    escaped += lastEscaped;
  }

  private void reserve(long bytes) {
    if (work.byteSize() < bytes) {
      work = Arena.ofAuto().allocate(bytes, Double.BYTES);
    }
  }

  /** Writes the kept rows from row {@code first} on, and the buffered ones behind them, times their weights. */
  private void writeRows(double[] target, int first) {
    int at = first * columns;
    for (int i = 0; i < kept; i++) {
      double scale = Math.sqrt(eigenvalues[i]);
      for (int j = 0; j < columns; j++) {
        target[at++] = scale * directions[i * columns + j];
      }
    }
    int from = capacity * columns;
    for (int i = 0; i < buffered; i++) {
      for (int j = 0; j < columns; j++) {
        target[at++] = weights[i] * stacked[from++];
      }
    }
  }

  /**
   * Adds what another sketch holds; see above for the bound. No decay takes place.
   *
   * @param other of the same d, as it stays
   * @throws IllegalArgumentException if d or the options differ
   * @throws ArithmeticException if a sum of squares overflows; the sketch is of no use afterwards
   */
  public void merge(FrequentDirections other) {
    if (other.columns != columns || !other.options.equals(options)) {
      throw new IllegalArgumentException("sketch of " + other.columns + " columns, " + other.options
          + ": must have " + columns + " columns, " + options);
    }
    int rows = other.kept + other.buffered;
    append(rows, MemorySegment.ofArray(other.rows()));
    Arrays.fill(weights, buffered, buffered + rows, 1);
    buffered += rows;
    escaped += other.escaped;
    lastEscaped = 0;
    decompose();
  }

  /**
   * y = P^T diag(h) P g + c (g - P^T P g): a function of the sketch, h_i = f(eigenvalue i) and c = f(0), applied to g.
   *
   * @param h a factor for each direction kept, at least {@link #kept()} elements
   * @param c the factor of the rest of the space
   * @param g d elements
   * @param y d elements, written; may be g
   * @throws IllegalArgumentException if an array has another length
   */
  public void apply(double[] h, double c, double[] g, double[] y) {
    if (h.length < kept || g.length != columns || y.length != columns) {
      throw new IllegalArgumentException("factors " + h.length + ", vectors " + g.length + " and " + y.length
          + ": must have at least " + kept + ", and " + columns + " elements");
    }
    MemorySegment p = MemorySegment.ofArray(directions);
    MemorySegment pg = MemorySegment.ofArray(coefficients);
    algebra.multiply(false, false, kept, 1, columns, 1, p, MemorySegment.ofArray(g), 0, pg);
    for (int i = 0; i < kept; i++) {
      coefficients[i] *= h[i] - c;
    }
    for (int j = 0; j < columns; j++) {
      y[j] = c * g[j];
    }
    algebra.multiply(false, false, 1, columns, kept, 1, pg, p, 1, MemorySegment.ofArray(y));
  }

  /** B with Gbar = B^T B: a new array [kept + buffered x d], row-major. */
  public double[] rows() {
    double[] rows = new double[elements((long) kept + buffered)];
    writeRows(rows, 0);
    return rows;
  }

  /**
   * P: the kept directions as orthonormal rows, float64 [kept x d], valid until the next update and not to be written.
   */
  public MemorySegment directions() {
    return MemorySegment.ofArray(directions).asSlice(0, (long) kept * columns * Double.BYTES);
  }

  /** How many directions are kept, at most l - 1. */
  public int kept() {
    return kept;
  }

  /** The i-th eigenvalue of the kept part of Gbar, i from 0 to {@link #kept()} - 1: positive, descending. */
  public double eigenvalue(int i) {
    return eigenvalues[i];
  }

  /** rho_{1:t}. */
  public double escapedMass() {
    return escaped;
  }

  /** rho_t of the last update or merge; 0 if it took no decomposition. */
  public double lastEscapedMass() {
    return lastEscaped;
  }

  /** Rows that wait for a decomposition; always 0 unless in the fast form. */
  public int buffered() {
    return buffered;
  }

  /** l and the rest. */
  public Options options() {
    return options;
  }

  /** d. */
  public int columns() {
    return columns;
  }
}
