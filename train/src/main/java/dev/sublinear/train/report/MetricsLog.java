/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Appends metrics to a file, one JSON object per line, each line handed to the operating system before {@link #add}
 * returns: a run that dies keeps all it has logged. It also remembers them, for the report at the end. Not thread-safe.
 */
public final class MetricsLog implements AutoCloseable {
  private final OutputStream out;
  private final List<Metric> metrics = new ArrayList<>();

  private MetricsLog(OutputStream out) {
    this.out = out;
  }

  /**
   * Creates the file.
   *
   * @throws IllegalArgumentException if it exists: two runs must never write to one file
   * @throws UncheckedIOException if it cannot be created
   */
  static MetricsLog create(Path file) {
    try {
      return new MetricsLog(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    } catch (FileAlreadyExistsException e) {
      throw new IllegalArgumentException(file + " exists: another run writes there; choose another --out", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Appends one line.
   *
   * @throws UncheckedIOException if it cannot be written, for example because the disk is full
   */
  public void add(Metric metric) {
    try {
      // One unbuffered write per line, so that a reader following the file sees whole lines.
      out.write((Json.line(metric) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    metrics.add(metric);
  }

  /** All metrics added so far, in order. */
  public List<Metric> metrics() {
    return List.copyOf(metrics);
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
