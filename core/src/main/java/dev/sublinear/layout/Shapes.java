/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

/** The two numbers every layout reads from a shape. */
final class Shapes {
  private Shapes() {}

  /** The first dimension; 1 for a scalar. */
  static long rows(long[] shape) {
    return shape.length == 0 ? 1 : shape[0];
  }

  /** The product of all dimensions but the first. */
  static long columns(long[] shape) {
    long columns = 1;
    for (int i = 1; i < shape.length; i++) {
      columns = Math.multiplyExact(columns, shape[i]);
    }
    return columns;
  }

  /** The product of all dimensions. */
  static long elements(long[] shape) {
    return Math.multiplyExact(rows(shape), columns(shape));
  }
}
