/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Starts the command. */
public final class Main {
  private static final int MIN_HELP_WIDTH = 80;
  private static final int MAX_HELP_WIDTH = 120;

  private Main() {}

  /** Runs the command line and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(run(Console.system(args), args));
  }

  /** Runs a command line: 0 done, 2 bad usage or bad input, 1 anything else. */
  static int run(Console console, String... args) {
    try {
      return commandLine(console).execute(args);
    } catch (Error e) {
      return new Errors(console).unexpected(e);
    } finally {
      console.out().flush();
      console.err().flush();
    }
  }

  static CommandLine commandLine(Console console) {
    CommandLine train = new CommandLine(new TrainCommand())
        .addSubcommand(withLists(new TrainLmCommand(console)))
        .addSubcommand(withLists(new TrainImageCommand(console)));
    CommandLine compare = new CommandLine(new CompareCommand())
        .addSubcommand(withLists(new CompareLmCommand(console)));
    CommandLine root = new CommandLine(new RootCommand())
        .addSubcommand(train)
        .addSubcommand(compare)
        .addSubcommand(withLists(new PlanCommand(console)))
        .addSubcommand(new BenchCommand(console))
        .addSubcommand(new OcoCommand(console))
        .addSubcommand(new ReproduceCommand(console));
    Errors errors = new Errors(console);
    return root
        .setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors)
        .setExpandAtFiles(false)
        .setPosixClusteredShortOptionsAllowed(false)
        .setUsageHelpWidth(Math.clamp(console.columns(), MIN_HELP_WIDTH, MAX_HELP_WIDTH))
        .registerConverter(int.class, Main::readInt)
        .registerConverter(Integer.class, Main::readInt)
        .registerConverter(long.class, Main::readLong)
        .registerConverter(Long.class, Main::readLong)
        .registerConverter(double.class, Main::readDouble)
        .registerConverter(Double.class, Main::readDouble);
  }

  private static CommandLine withLists(Object command) {
    CommandLine line = new CommandLine(command);
    OptionList.addTo(line);
    Catalog.addTo(line);
    return line;
  }

  private static int readInt(String text) {
    long value = readLong(text);
    if (value != (int) value) {
      throw new TypeConversionException("'" + text + "' is not in [-2147483648, 2147483647]");
    }
    return (int) value;
  }

  private static long readLong(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + text + "' is not a whole number of at most 18 digits");
    }
  }

  private static double readDouble(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + text + "' is not a number");
    }
  }
}
