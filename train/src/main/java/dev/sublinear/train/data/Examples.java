/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

/**
 * Examples of two classes in the order of their file, each a row of features of which most may be zero. Immutable and
 * thread-safe.
 */
public interface Examples {
  /** Where they come from. */
  String name();

  /** How many there are. */
  int rows();

  /** Features of a row, zeros included; a bias is not among them. */
  int features();

  /** Whether the row is of the positive class. */
  boolean isPositive(int row);

  /**
   * Writes the features of a row that are not zero.
   *
   * @param row in [0, rows)
   * @param index takes their numbers, in [0, features) and ascending; at least {@link #features} long
   * @param value takes their values, finite
   * @return how many there are
   */
  int read(int row, int[] index, double[] value);
}
