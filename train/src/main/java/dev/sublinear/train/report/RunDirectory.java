/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The directory of one run: {@code summary.json}, {@code metrics.jsonl} and {@code report.html}.
 *
 * <p>A directory that already holds a run is never written to, and summary and report appear whole or not at all
 * (written beside, forced to disk, renamed), so nothing saved is lost. Not thread-safe; two processes never share one.
 */
public final class RunDirectory {
  private static final String SUMMARY = "summary.json";
  private static final String METRICS = "metrics.jsonl";
  private static final String REPORT = "report.html";
  private static final List<String> FILES = List.of(SUMMARY, METRICS, REPORT);
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

  private final Path path;

  private RunDirectory(Path path) {
    this.path = path;
  }

  /**
   * Says whether {@link #create} would refuse, and touches nothing: call it with the other checks of the options,
   * before any heavy work.
   *
   * @param out the directory the user asked for, or null for the default
   * @throws IllegalArgumentException with one line naming the path and the remedy
   */
  public static void validate(@Nullable Path out) {
    check(out == null ? Path.of("runs") : out, out != null);
  }

  /**
   * Makes the directory.
   *
   * @param out an explicit path, created with its parents if missing; null for a fresh {@code runs/<time>-<n>} in the
   *     working directory, where n is the first of 1, 2, … that is free
   * @throws IllegalArgumentException if {@code out} holds a run already, is not a directory or cannot be written to
   */
  public static RunDirectory create(@Nullable Path out) {
    return out == null ? fresh(Path.of("runs"), LocalDateTime.now(ZoneId.systemDefault())) : explicit(out);
  }

  /** The first free {@code <time>-<n>} in {@code parent}. Creating a directory either makes it or fails: no race. */
  static RunDirectory fresh(Path parent, LocalDateTime time) {
    check(parent, false);
    try {
      Files.createDirectories(parent);
      for (int n = 1;; n++) {
        Path candidate = parent.resolve(TIME.format(time) + "-" + n);
        try {
          return new RunDirectory(Files.createDirectory(candidate));
        } catch (FileAlreadyExistsException taken) {
          // The next number.
        }
      }
    } catch (IOException e) {
      throw notCreated(parent, e);
    }
  }

  /**
   * The directory of one of several runs, inside this one: {@code compare} keeps a run each.
   *
   * @param name its name: letters, digits, dot, underscore and hyphen, not starting with a dot
   * @throws IllegalArgumentException if the name is not legal, or as for {@link #create}
   */
  public RunDirectory child(String name) {
    if (!name.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*")) {
      throw new IllegalArgumentException(
          "run name '" + name + "': must be letters, digits, '.', '_' or '-', not starting with '.'");
    }
    return explicit(path.resolve(name));
  }

  private static RunDirectory explicit(Path out) {
    check(out, true);
    try {
      // Not createDirectories when it is there: a symbolic link to a directory is welcome.
      return new RunDirectory(Files.isDirectory(out) ? out : Files.createDirectories(out));
    } catch (IOException e) {
      throw notCreated(out, e);
    }
  }

  private static IllegalArgumentException notCreated(Path directory, IOException cause) {
    return new IllegalArgumentException(
        directory + " cannot be created (" + cause.getMessage() + "): choose another --out", cause);
  }

  private static void check(Path directory, boolean refuseRun) {
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      if (!Files.isDirectory(directory)) {
        throw new IllegalArgumentException(directory + " is not a directory: choose another --out");
      }
      if (!Files.isWritable(directory)) {
        throw new IllegalArgumentException(directory + " is not writable: choose another --out");
      }
      for (String file : FILES) {
        if (refuseRun && Files.exists(directory.resolve(file), LinkOption.NOFOLLOW_LINKS)) {
          throw new IllegalArgumentException(
              directory + " already holds a run (" + file + "): choose another --out or remove that run");
        }
      }
      return;
    }
    Path parent = directory.toAbsolutePath().normalize().getParent();
    while (parent != null && !Files.exists(parent)) {
      parent = parent.getParent();
    }
    if (parent == null || !Files.isDirectory(parent) || !Files.isWritable(parent)) {
      throw new IllegalArgumentException(
          directory + " cannot be created (" + parent + " is not a writable directory): choose another --out");
    }
  }

  /** The directory itself. */
  public Path path() {
    return path;
  }

  /** Where the summary is, once written. */
  public Path summaryFile() {
    return path.resolve(SUMMARY);
  }

  /** Where the metrics are. */
  public Path metricsFile() {
    return path.resolve(METRICS);
  }

  /** Where the report is, once written. */
  public Path reportFile() {
    return path.resolve(REPORT);
  }

  /**
   * Creates {@code metrics.jsonl} and opens it.
   *
   * @throws IllegalArgumentException if another run has created it meanwhile
   */
  public MetricsLog openMetrics() {
    return MetricsLog.create(metricsFile());
  }

  /** Writes {@code summary.json}, replacing an earlier one of this run. */
  public void writeSummary(Summary summary) {
    write(summaryFile(), summary.toJson());
  }

  /** Writes {@code report.html}, replacing an earlier one of this run. */
  public void writeReport(String html) {
    write(reportFile(), html);
  }

  private static void write(Path file, String text) {
    Path beside = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      try (FileChannel channel =
          FileChannel.open(
              beside, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        // Else a power cut after the rename could leave an empty file under the final name.
        channel.force(true);
      }
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
