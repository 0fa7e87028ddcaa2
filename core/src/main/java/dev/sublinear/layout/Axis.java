/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

/**
 * What a sketch hashes: the rows of a table, of which a step sees few, or the columns of each row of a dense tensor.
 */
enum Axis {
  ROWS, COLUMNS
}
