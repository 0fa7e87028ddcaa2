/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

/**
 * Learning rates of a training.
 *
 * @param tables that of the word tables
 * @param others that of all other tensors
 */
record Rates(float tables, float others) {
  /** The same with another rate of the word tables. */
  Rates withTables(float rate) {
    return new Rates(rate, others);
  }

  /** The same with another rate of all other tensors. */
  Rates withOthers(float rate) {
    return new Rates(tables, rate);
  }
}
