/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

/** What an optimizer counts for each row because its rule asks for it. */
public enum RowCounter {
  /** Nothing. */
  NONE,
  /** Number of updates of the row, the present one included. */
  UPDATES,
  /** Number of steps since the row's last update; 1 if that was the step before, 0 if there was none. */
  GAP
}
