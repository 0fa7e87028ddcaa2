/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where a command is typed and where its text goes.
 *
 * @param out results
 * @param err progress and errors
 * @param terminal whether a person watches {@code err}
 * @param columns width of the terminal
 * @param command the command line as typed
 */
record Console(PrintStream out, PrintStream err, boolean terminal, int columns, String command) {
  private static final int DEFAULT_COLUMNS = 100;

  /** This process's own; the launcher tells what Java cannot know, by two system properties and a variable. */
  static Console system(String... args) {
    String terminal = System.getProperty("sublinear.terminal");
    boolean watched = terminal == null
        ? Optional.ofNullable(System.console()).map(java.io.Console::isTerminal).orElse(false)
        : Boolean.parseBoolean(terminal);
    String command = System.getenv("SUBLINEAR_COMMAND");
    return new Console(stream(FileDescriptor.out), stream(FileDescriptor.err), watched,
        Integer.getInteger("sublinear.columns", DEFAULT_COLUMNS), command == null ? commandOf(args) : command);
  }

  /** UTF-8 whatever the locale: in the C locale Java would print ? for every dash. */
  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  /** The arguments as a shell would read them back. */
  static String commandOf(String... args) {
    return Arrays.stream(args)
        .map(arg -> arg.matches("[A-Za-z0-9_./:=,@%+-]+") ? arg : "'" + arg.replace("'", "'\\''") + "'")
        .collect(Collectors.joining(" ", "./sublinear ", ""))
        .strip();
  }

  /** One line to {@code err}. */
  void say(String line) {
    err.println(line);
  }
}
