/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Real data that lie beside the project, in {@code -Dsublinear.data} or {@code ../shared/data}. */
public final class SharedData {
  private SharedData() {}

  /** Where a file or folder is; aborts the test, naming it, where it is absent. */
  public static Path path(String name) {
    String folder = System.getProperty("sublinear.data");
    Path path = folder != null
        ? Path.of(folder, name)
        : Stream.of("../shared/data", "../../shared/data")
            .map(root -> Path.of(root, name))
            .filter(Files::exists)
            .findFirst()
            .orElse(Path.of("../../shared/data", name));
    assumeTrue(Files.exists(path), () -> "needs " + path.toAbsolutePath().normalize() + ", which is absent");
    return path;
  }
}
