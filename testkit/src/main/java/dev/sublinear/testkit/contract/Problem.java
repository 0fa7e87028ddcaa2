/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.contract;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.gradient.RowTable;
import java.lang.foreign.Arena;

/** Something to minimize over a table of parameters. */
interface Problem {
  /** Rows of the table. */
  int rows();

  /** Columns of the table. */
  int columns();

  /** Sets the parameters to the start. */
  void start(RowTable table);

  /** The loss to be brought down, over all data. */
  double loss(RowTable table);

  /** The gradient of step t, over that step's data. */
  Gradient gradient(RowTable table, long t, Arena arena);
}
