/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code bench} refuses before it begins; that it measures is for module bench's tests to say. */
final class BenchCommandTest {
  @TempDir Path directory;

  private void refused(String expected, Path file) {
    String line = Typed.sublinear("bench", "--quick", "--json-file", file.toString()).oneLine(2);
    assertTrue(line.startsWith("sublinear: --json-file " + file) && line.contains(expected), line);
  }

  @Test
  void jsonFileThatCannotBeWritten_isRefusedAtOnce() throws IOException {
    refused("is a directory", directory);
    refused("cannot be written", directory.resolve("nowhere").resolve("bench.json"));
    Path file = Files.writeString(directory.resolve("file"), "kept");
    refused("cannot be written", file.resolve("bench.json"));
    assertEquals("kept", Files.readString(file));
    assertFalse(Files.exists(directory.resolve("nowhere")));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      --quik        | unknown option '--quik': did you mean '--quick'?
      --threads 2   | unknown option '--threads'
      --json-file   | --json-file
      dense         | unexpected argument 'dense'
      """)
  void badOption_isRefused(String typed, String expected) {
    String line = Typed.sublinear(("bench " + typed).split(" ")).oneLine(2);
    assertTrue(line.contains(expected), line);
  }
}
