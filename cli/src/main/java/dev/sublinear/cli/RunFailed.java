/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A run that began and did not reach its end: exit code 1. With a cause it was unexpected, without one it diverged. */
final class RunFailed extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient @Nullable Path directory;

  /** A run that stopped for a reason the message tells in full. */
  RunFailed(String message) {
    super(message);
    directory = null;
  }

  /** A run that broke off; details go into its directory. */
  RunFailed(Throwable cause, Path directory) {
    super("the run broke off: " + Errors.describe(cause), cause);
    this.directory = directory;
  }

  /** Where the run's files are, if details are to be kept there. */
  @Nullable
  Path directory() {
    return directory;
  }
}
