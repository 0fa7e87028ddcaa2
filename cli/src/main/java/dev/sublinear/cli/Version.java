/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** The version that Maven wrote into the resources. */
final class Version implements IVersionProvider {
  static String text() {
    try (InputStream in = Version.class.getResourceAsStream("version.txt")) {
      return in == null ? "unknown" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The commit of the sources, as the launcher tells it. */
  static String commit() {
    return Objects.requireNonNullElse(System.getenv("SUBLINEAR_COMMIT"), "unknown");
  }

  @Override
  public String[] getVersion() {
    return new String[] {"sublinear " + text()};
  }
}
