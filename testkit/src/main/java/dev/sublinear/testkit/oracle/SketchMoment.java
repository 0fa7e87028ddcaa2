/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.oracle;

import java.util.Arrays;

/**
 * A count-sketch or count-min tensor, [depth x width x columns], after Spring, Kyrillidis, Mohan, Shrivastava, 2019.
 *
 * <p>Decay of touched rows, their algorithms 2 to 4: query the old value, add (decay - 1) old + scale x to every depth
 * (with the sign of the row), query again; or, as in their code, each depth's own cell becomes decay cell + scale x.
 * Decay of the whole: multiply every cell once a step, add scale x, query.
 */
public final class SketchMoment implements Moment {
  /**
   * What kind of sketch.
   *
   * @param signed count-sketch (signs and median) rather than count-min (minimum)
   * @param depth number of hash functions
   * @param global whether the whole sketch decays once a step
   * @param ownCell whether the cells of a touched row decay each by itself, as in the paper's code
   * @param cleanEvery steps between cleanings, 0 for none
   * @param cleanBy factor of a cleaning
   */
  public record Kind(boolean signed, int depth, boolean global, boolean ownCell, int cleanEvery, double cleanBy) {}

  private final Kind kind;
  private final SketchHashes hashes;
  private final double[][][] cells;

  /** All zero. */
  public SketchMoment(Kind kind, SketchHashes hashes, int columns) {
    this.kind = kind;
    this.hashes = hashes;
    cells = new double[kind.depth][Math.toIntExact(hashes.width())][columns];
  }

  /** The width for a ratio: floor(rows ratio / depth), the next even number if that is odd. */
  public static long width(int rows, double ratio, int depth) {
    long width = (long) Math.floor(rows * ratio / depth + 1e-9);
    return width % 2 == 0 ? width : width + 1;
  }

  @Override
  public void beginStep(long t, double decay) {
    double factor = kind.global ? decay : 1;
    if (kind.cleanEvery > 0 && t % kind.cleanEvery == 0) {
      factor *= kind.cleanBy;
    }
    for (double[][] buckets : cells) {
      for (double[] bucket : buckets) {
        for (int c = 0; c < bucket.length; c++) {
          bucket[c] *= factor;
        }
      }
    }
  }

  /** The estimate of a row. */
  public double[] query(int row) {
    double[] estimate = new double[cells[0][0].length];
    for (int c = 0; c < estimate.length; c++) {
      double[] seen = new double[kind.depth];
      for (int j = 0; j < kind.depth; j++) {
        seen[j] = sign(j, row) * cells[j][hashes.bucket(j, row)][c];
      }
      Arrays.sort(seen);
      estimate[c] = kind.signed ? seen[kind.depth / 2] : seen[0];
    }
    return estimate;
  }

  @Override
  public double[] accumulate(int row, double decay, double scale, double[] x) {
    double[] old = query(row);
    for (int j = 0; j < kind.depth; j++) {
      double[] bucket = cells[j][hashes.bucket(j, row)];
      for (int c = 0; c < bucket.length; c++) {
        if (kind.ownCell) {
          bucket[c] = decay * bucket[c] + sign(j, row) * scale * x[c];
        } else {
          double delta = kind.global ? scale * x[c] : (decay - 1) * old[c] + scale * x[c];
          bucket[c] += sign(j, row) * delta;
        }
      }
    }
    return query(row);
  }

  private double sign(int j, int row) {
    return kind.signed ? hashes.sign(j, row) : 1;
  }
}
