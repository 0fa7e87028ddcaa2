/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import java.util.Locale;

/** How large an experiment is. */
public enum Size {
  /** Three minutes on the embedded corpus: shows that it runs, not what comes out. */
  SMOKE,
  /** About half an hour on two idle cores: what the committed results are made with. */
  SHORT,
  /** The paper's own configuration: days on two cores. */
  FULL;

  /** The end of the name of a result's file: empty, {@code -smoke} or {@code -full}. */
  String suffix() {
    return this == SHORT ? "" : "-" + name().toLowerCase(Locale.ROOT);
  }
}
