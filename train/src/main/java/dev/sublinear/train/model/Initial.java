/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import dev.sublinear.gradient.RowTable;
import dev.sublinear.kernel.CounterRandom;

/**
 * The values a tensor begins with: uniform in [low, high), or {@code low} everywhere if the two are equal.
 *
 * <p>Element i of a tensor depends on (seed, name of the tensor, i) alone.
 *
 * @param low the least value
 * @param high the bound above
 */
public record Initial(float low, float high) {
  /** Tables of words and the LSTM. */
  static final Initial WIDE = uniform(0.1);

  static final Initial ZERO = constant(0);

  /** Uniform in [-range, range). */
  static Initial uniform(double range) {
    return new Initial((float) -range, (float) range);
  }

  /** The same value everywhere. */
  static Initial constant(float value) {
    return new Initial(value, value);
  }

  void fill(RowTable table, long seed, String name) {
    if (low == 0 && high == 0) {
      return; // as it is allocated; a large bias stays untouched pages
    }
    CounterRandom.fillUniform(table.data(), seed, CounterRandom.stream(name), low, high);
  }
}
