/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

/** What was to be timed computes something wrong, so its time is worth nothing. */
public final class CheckFailed extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Says what differs from what, and by how much. */
  public CheckFailed(String message) {
    super(message);
  }
}
