/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import java.io.IOException;

/** One part of the benchmarks; it checks the results of what it times before it times it. */
public interface Section {
  /** Its headline. */
  String title();

  /**
   * Measures.
   *
   * @param findings takes what was found
   * @throws CheckFailed if one of the contenders computes something else than the others
   * @throws IOException if another process or a temporary file failed
   */
  void run(Findings findings) throws IOException;
}
