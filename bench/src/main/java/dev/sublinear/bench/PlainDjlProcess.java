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
import java.util.ArrayList;
import java.util.List;

/**
 * A JVM that runs {@link PlainDjl} and makes steps on request.
 *
 * <p>Not thread-safe; close it to end the process and delete its files.
 */
final class PlainDjlProcess implements AutoCloseable {
  private static final String THREADS = "-Dai.djl.pytorch.num_threads=";
  private static final String INTEROP_THREADS = "-Dai.djl.pytorch.num_interop_threads=";

  private final Path directory;
  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader answers;

  /**
   * What some steps took.
   *
   * @param nanos by the clock of the process
   * @param loss before the last of them
   */
  record Answer(long nanos, float loss) {}

  /** Starts it with the engine on one thread, or on as many as the engine takes by itself. */
  PlainDjlProcess(LmWorkload workload, boolean oneThread) throws IOException {
    directory = Files.createTempDirectory("sublinear-bench");
    Path file = directory.resolve("workload");
    workload.write(file);
    List<String> flags = new ArrayList<>(FreshJvm.flags());
    flags.removeIf(flag -> flag.startsWith(THREADS) || flag.startsWith(INTEROP_THREADS));
    if (oneThread) {
      flags.addAll(List.of(THREADS + 1, INTEROP_THREADS + 1));
    }
    ProcessBuilder builder =
        new ProcessBuilder(FreshJvm.command(flags, PlainDjl.class, List.of(file.toString())));
    // Set by the launcher for this process; the engine is faster without it where the cores are its own.
    builder.environment().remove("OMP_WAIT_POLICY");
    process = builder.redirectError(directory.resolve("stderr").toFile()).start();
    requests = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Makes steps. */
  Answer steps(int count) throws IOException {
    requests.write(Integer.toString(count));
    requests.newLine();
    requests.flush();
    String answer = answers.readLine();
    if (answer == null) {
      List<String> errors = Files.readAllLines(directory.resolve("stderr"));
      throw new IOException("plain DJL ended: " + String.join("; ", errors.subList(0, Math.min(3, errors.size()))));
    }
    String[] figures = answer.split(" ");
    return new Answer(Long.parseLong(figures[0]), Float.parseFloat(figures[1]));
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try (requests; answers) {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Files.deleteIfExists(directory.resolve("workload"));
    Files.deleteIfExists(directory.resolve("stderr"));
    Files.deleteIfExists(directory);
  }
}
