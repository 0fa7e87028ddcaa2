/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * The median or the minimum of a row's decayed float32 cells in one column: the estimate of
 * {@link Kernels#updateSketch}.
 */
final class CellEstimate {
  private CellEstimate() {}

  static float minimumAt(MemorySegment cells, RowCells row, long b) {
    float value = decayed(cells, row, 0, b);
    for (int j = 1; j < row.depth; j++) {
      value = smaller(value, decayed(cells, row, j, b));
    }
    return value;
  }

  // Not Math.min and Math.max: their care for NaN and the sign of 0 takes a vector unit three times as long. These are
  // one comparison, whose second operand is returned if it is NaN.
  static float smaller(float a, float b) {
    return a < b ? a : b;
  }

  static float larger(float a, float b) {
    return a > b ? a : b;
  }

  /** What depth j has of the row before anything is added. */
  static float decayed(MemorySegment cells, RowCells row, int j, long b) {
    return row.ofCell * (row.signs[j] * cells.get(JAVA_FLOAT, row.offsets[j] + b));
  }

  static float medianAt(MemorySegment cells, RowCells row, long b) {
    float p0 = decayed(cells, row, 0, b);
    if (row.depth == 1) {
      return p0;
    }
    float p1 = decayed(cells, row, 1, b);
    float p2 = decayed(cells, row, 2, b);
    if (row.depth == 3) {
      return median(p0, p1, p2);
    }
    float p3 = decayed(cells, row, 3, b);
    float p4 = decayed(cells, row, 4, b);
    if (row.depth == 5) {
      return median(p0, p1, p2, p3, p4);
    }
    float p5 = decayed(cells, row, 5, b);
    float p6 = decayed(cells, row, 6, b);
    // The smallest of three pair minima is at most five others, the largest of three pair maxima at least five: neither
    // can lie beyond the median on the other side, so the five that remain have the same median.
    float low0 = smaller(p0, p1);
    float high0 = larger(p0, p1);
    float low1 = smaller(p2, p3);
    float high1 = larger(p2, p3);
    float low2 = smaller(p4, p5);
    float high2 = larger(p4, p5);
    float midLow = median(low0, low1, low2);
    float topLow = larger(low0, larger(low1, low2));
    float midHigh = median(high0, high1, high2);
    float bottomHigh = smaller(high0, smaller(high1, high2));
    return median(midLow, topLow, midHigh, bottomHigh, p6);
  }

  private static float median(float a, float b, float c) {
    return larger(smaller(a, b), smaller(larger(a, b), c));
  }

  private static float median(float a, float b, float c, float d, float e) {
    float low = larger(smaller(a, b), smaller(c, d));
    float high = smaller(larger(a, b), larger(c, d));
    return median(low, high, e);
  }
}
