/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

/**
 * Cuts a token stream into parallel rows, and the rows into windows of truncated back-propagation through time.
 *
 * <p>Of N tokens, all but the first can be predicted: target j is token j + 1 and its input is token j. The targets are
 * dealt to {@code batch} contiguous rows, and window w holds the steps [w * bptt, (w + 1) * bptt) of every row, so a
 * model that carries its state from window to window reads each row as one text. The first target of a row is predicted
 * too, from the token before it and the model's fresh state. A window is a pure function of its number: to resume, ask
 * for the next one.
 *
 * <ul>
 *   <li>{@link #training}: every row has (N - 1) / batch targets; the up to batch - 1 targets left over at the end are
 *       dropped.
 *   <li>{@link #evaluation}: every one of the N - 1 targets is in exactly one row. The first rows are longer by one
 *       target if the division leaves a remainder, so padding occurs in the last step of the last window only; {@link
 *       #validSteps} tells.
 * </ul>
 *
 * <p>The tokens are kept, not copied. Immutable and thread-safe; {@link #fill} allocates nothing.
 */
public final class BpttBatches {
  private final int[] tokens;
  private final int batch;
  private final int bptt;

  /** Targets of every row; the first {@code longerRows} rows have one more. */
  private final int rowLength;

  private final int longerRows;

  private BpttBatches(int[] tokens, int batch, int bptt, boolean dropRemainder) {
    this.tokens = tokens;
    this.batch = batch;
    this.bptt = bptt;
    this.rowLength = (tokens.length - 1) / batch;
    this.longerRows = dropRemainder ? 0 : (tokens.length - 1) % batch;
  }

  /**
   * Batches for training: rows of equal length, the remainder dropped.
   *
   * @param tokens the train split
   * @param batch how many rows, at least 1
   * @param bptt steps of a window, at least 1
   * @throws IllegalArgumentException if an argument is below 1, batch * bptt does not fit an int, or there are fewer
   *     than batch * bptt + 1 tokens (one full window)
   */
  public static BpttBatches training(int[] tokens, int batch, int bptt) {
    long needed = checkedWindow(batch, bptt) + 1;
    if (tokens.length < needed) {
      throw new IllegalArgumentException("the corpus has " + tokens.length + " train tokens, but batch " + batch
          + " x bptt " + bptt + " needs at least " + needed + ": use a smaller batch or bptt, or a longer text");
    }
    return new BpttBatches(tokens, batch, bptt, true);
  }

  /**
   * Batches for evaluation: every token but the first is predicted exactly once, whatever the batch.
   *
   * @param tokens the split to evaluate
   * @param batch how many rows, at least 1; rows beyond the number of targets stay empty
   * @param bptt steps of a window, at least 1
   * @throws IllegalArgumentException if an argument is below 1, batch * bptt does not fit an int, or there are fewer
   *     than two tokens
   */
  public static BpttBatches evaluation(int[] tokens, int batch, int bptt) {
    checkedWindow(batch, bptt);
    if (tokens.length < 2) {
      throw new IllegalArgumentException(
          "a split of " + tokens.length + " tokens: at least 2 are needed to predict one from the other");
    }
    return new BpttBatches(tokens, batch, bptt, false);
  }

  private static long checkedWindow(int batch, int bptt) {
    if (batch < 1 || bptt < 1 || (long) batch * bptt >= Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "batch " + batch + ", bptt " + bptt + ": both must be >= 1, and their product below 2^31 - 1");
    }
    return (long) batch * bptt;
  }

  /** The number of rows. */
  public int batch() {
    return batch;
  }

  /** The number of windows of one pass over the tokens. */
  public int windows() {
    return Math.ceilDiv(longestRow(), bptt);
  }

  /** The number of targets of one pass over the tokens, padding not counted. */
  public long targets() {
    return (long) rowLength * batch + longerRows;
  }

  /**
   * The steps of a window: bptt, or fewer for the last one.
   *
   * @throws IndexOutOfBoundsException unless 0 &lt;= window &lt; {@link #windows()}
   */
  public int steps(int window) {
    if (window < 0 || window >= windows()) {
      throw new IndexOutOfBoundsException("window " + window + ": must be >= 0 and < " + windows());
    }
    return Math.min(bptt, longestRow() - window * bptt);
  }

  /**
   * How many steps of a row in a window are real; the rest is padding, to be left out of every sum.
   *
   * @return {@code steps(window)} or, in the last window of an evaluation, one less
   * @throws IndexOutOfBoundsException if there is no such window or row
   */
  public int validSteps(int window, int row) {
    if (row < 0 || row >= batch) {
      throw new IndexOutOfBoundsException("row " + row + ": must be >= 0 and < " + batch);
    }
    int steps = steps(window);
    return Math.min(steps, rowLength(row) - window * bptt);
  }

  /**
   * Writes a window, row-major {@code [batch x steps]}: step t of row b is at {@code b * steps + t}.
   *
   * <p>Here steps is what this method returns, so the last window is packed too. Padding is token 0.
   *
   * @param inputs receives the tokens to read; at least batch * steps long
   * @param targets receives the tokens to predict, each the successor of its input; at least batch * steps long
   * @return {@code steps(window)}
   * @throws IndexOutOfBoundsException if there is no such window or an array is too short
   */
  public int fill(int window, int[] inputs, int[] targets) {
    int steps = steps(window);
    for (int row = 0; row < batch; row++) {
      int valid = validSteps(window, row);
      int from = row * rowLength + Math.min(row, longerRows) + window * bptt;
      int at = row * steps;
      System.arraycopy(tokens, from, inputs, at, valid);
      System.arraycopy(tokens, from + 1, targets, at, valid);
      if (valid < steps) {
        inputs[at + valid] = 0;
        targets[at + valid] = 0;
      }
    }
    return steps;
  }

  private int rowLength(int row) {
    return row < longerRows ? rowLength + 1 : rowLength;
  }

  private int longestRow() {
    return rowLength(0);
  }
}
