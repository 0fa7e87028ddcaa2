/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Another process that answers each line on its standard input with one on its standard output.
 *
 * <p>Not thread-safe; close it to end the process and delete its folder.
 */
final class LineProcess implements AutoCloseable {
  private static final String ERRORS = "stderr";

  private final Path folder;
  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader answers;

  /** A folder for the files of one process. */
  static Path newFolder() throws IOException {
    return Files.createTempDirectory("sublinear-bench");
  }

  /** Starts the process, whose files are in {@code folder} and nowhere below it. */
  LineProcess(Path folder, ProcessBuilder builder) throws IOException {
    this.folder = folder;
    process = builder.redirectError(folder.resolve(ERRORS).toFile()).start();
    requests = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * The answer to a request.
   *
   * @throws IOException with what the process said if it has ended
   */
  String ask(String request) throws IOException {
    requests.write(request);
    requests.newLine();
    requests.flush();
    String answer = answers.readLine();
    if (answer == null) {
      // What is indented are the lines of a stack trace.
      String errors = Files.readAllLines(folder.resolve(ERRORS)).stream()
          .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0))).collect(Collectors.joining("; "));
      throw new IOException("a process ended at '" + request + "': " + (errors.isEmpty() ? "no message" : errors));
    }
    return answer;
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try (requests; answers) {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    List<Path> files;
    try (Stream<Path> list = Files.list(folder)) {
      files = list.toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
    Files.delete(folder);
  }
}
