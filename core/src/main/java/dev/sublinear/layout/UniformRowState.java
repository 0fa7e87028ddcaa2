/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

/**
 * A state whose estimate is the same for all columns of a row and known before {@link RowState#accumulate}, which only
 * writes it out; so that a rule may use the one number.
 */
public interface UniformRowState extends RowState {
  /** The estimate of every element of {@code row}. */
  float estimate(long row);
}
