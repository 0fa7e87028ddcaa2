/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What becomes of exceptions that no option check foresaw. */
final class ErrorsTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int handle(Exception e) {
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    CommandLine command = Main.commandLine(new Console(stream, stream, false, 100, "./sublinear"));
    return new Errors(new Console(stream, stream, false, 100, "./sublinear"))
        .handleExecutionException(e, command, command.parseArgs());
  }

  private String text() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void runThatBreaksOff_keepsTheTraceInItsDirectory(@TempDir Path directory) throws IOException {
    assertEquals(1, handle(new RunFailed(new IllegalStateException("boom\nbang"), directory)));
    assertEquals("sublinear: the run broke off: IllegalStateException: boom bang; everything so far is in " + directory
        + ", details in " + directory.resolve("error.txt") + System.lineSeparator(), text());
    assertTrue(Files.readString(directory.resolve("error.txt")).contains("at dev.sublinear.cli.ErrorsTest"));
  }

  @Test
  void runThatBreaksOff_withoutADirectoryLeft_showsTheTrace(@TempDir Path directory) {
    assertEquals(1, handle(new RunFailed(new IllegalStateException("boom"), directory.resolve("gone"))));
    assertTrue(text().contains("boom") && text().contains("at dev.sublinear.cli.ErrorsTest"), text());
  }

  @Test
  void fileThatVanished_isBadInput() {
    assertEquals(2, handle(new NoSuchFileException("corpus.txt")));
    assertEquals("sublinear: NoSuchFileException: corpus.txt" + System.lineSeparator(), text());
  }

  @Test
  void systemWithoutTheEngine_isOneLine() {
    LmSession.checkPlatform("Linux", "amd64");
    RunFailed failed = assertThrows(RunFailed.class, () -> LmSession.checkPlatform("Mac OS X", "aarch64"));
    assertEquals(1, handle(failed));
    assertTrue(text().startsWith("sublinear: training needs the engine's native library"), text());
    assertTrue(text().contains("Mac OS X on aarch64") && text().lines().count() == 1, text());
  }

  @Test
  void surprise_isOneWithATrace() {
    assertEquals(1, handle(new IllegalStateException("surprise")));
    assertTrue(text().startsWith("sublinear: IllegalStateException: surprise"), text());
    assertTrue(text().contains("at dev.sublinear.cli.ErrorsTest"), text());
  }
}
