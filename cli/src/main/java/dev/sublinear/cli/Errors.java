/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import dev.sublinear.layout.Term;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Turns whatever goes wrong into one line on stderr and an exit code: 2 for bad usage or bad input, 1 for the rest.
 *
 * <p>Up to the start of a run an {@link IllegalArgumentException} or {@link IOException} is the user's input; from
 * there on everything is a {@link RunFailed}.
 */
final class Errors implements IParameterExceptionHandler, IExecutionExceptionHandler {
  /** Bad usage or bad input. */
  static final int BAD_INPUT = CommandLine.ExitCode.USAGE;

  /** Anything else. */
  static final int FAILED = CommandLine.ExitCode.SOFTWARE;

  private final Console console;

  Errors(Console console) {
    this.console = console;
  }

  /** Runs {@code reader}, putting the option's name in front of what it complains about. */
  static <T> T named(String option, Supplier<T> reader) {
    try {
      return reader.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
    }
  }

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    print(e instanceof UnmatchedArgumentException unmatched ? unmatched(unmatched) : describe(e));
    return BAD_INPUT;
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    return switch (e) {
      case RunFailed failed -> {
        failed(failed);
        yield FAILED;
      }
      case IllegalArgumentException bad -> {
        print(withOption(describe(bad), command.getCommandSpec()));
        yield BAD_INPUT;
      }
      case IOException bad -> {
        print(describe(bad));
        yield BAD_INPUT;
      }
      default -> unexpected(e);
    };
  }

  /** Reports what nobody foresaw. */
  int unexpected(Throwable e) {
    print(describe(e));
    e.printStackTrace(console.err());
    return FAILED;
  }

  private void failed(RunFailed failed) {
    Path directory = failed.directory();
    if (directory == null) {
      print(describe(failed));
      return;
    }
    Path trace = directory.resolve("error.txt");
    try (PrintStream file = new PrintStream(trace.toFile(), StandardCharsets.UTF_8)) {
      Objects.requireNonNull(failed.getCause()).printStackTrace(file);
      print(describe(failed) + "; everything so far is in " + directory + ", details in " + trace);
    } catch (IOException e) {
      unexpected(failed);
    }
  }

  private void print(String message) {
    console.err().println("sublinear: " + message);
  }

  private static String unmatched(UnmatchedArgumentException e) {
    CommandLine command = e.getCommandLine();
    String argument = e.getUnmatched().getFirst();
    if (argument.startsWith("-")) {
      int equals = argument.indexOf('=');
      return Term.unknown("option", equals < 0 ? argument : argument.substring(0, equals), options(command));
    }
    if (!command.getSubcommands().isEmpty()) {
      return Term.unknown("command", argument, command.getSubcommands().keySet());
    }
    return "unexpected argument '" + argument + "': " + command.getCommandSpec().qualifiedName()
        + " takes options only; quote a value that has blanks in it";
  }

  private static List<String> options(CommandLine command) {
    List<String> names = new ArrayList<>();
    command.getCommandSpec().options().forEach(option -> names.add(option.longestName()));
    return names;
  }

  /** A message that begins with an option's name, as those of option records do, gets its dashes. */
  private static String withOption(String message, CommandSpec command) {
    String name = message.split("[ :]", 2)[0];
    return command.findOption("--" + name) == null ? message : "--" + message;
  }

  /** What went wrong, in one line. */
  static String describe(Throwable e) {
    String message = e.getMessage();
    String text = switch (e) {
      case FileSystemException file when file.getReason() == null -> kind(file) + ": " + message;
      case IllegalArgumentException bad when message != null -> message;
      case ParameterException bad when message != null -> message;
      case RunFailed bad when message != null -> message;
      default -> message == null ? kind(e) : kind(e) + ": " + message;
    };
    return text.replaceAll("\\s*[\\r\\n]+\\s*", " ").strip();
  }

  private static String kind(@Nullable Throwable e) {
    return e == null ? "" : e.getClass().getSimpleName();
  }
}
