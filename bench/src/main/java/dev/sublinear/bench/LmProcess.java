/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A JVM of its own that trains a language model and makes steps on request, so that contenders share no compiled code,
 * no memory and no setting of the engine.
 *
 * <p>Not thread-safe; close it to end the process and delete its files.
 */
final class LmProcess implements AutoCloseable {
  private static final String THREADS = "-Dai.djl.pytorch.num_threads=";
  private static final String INTEROP_THREADS = "-Dai.djl.pytorch.num_interop_threads=";

  private final LineProcess process;

  /**
   * What some steps took.
   *
   * @param nanos by the clock of the process
   * @param loss before the last of them
   */
  record Answer(long nanos, float loss) {}

  /** A training, step by step. */
  interface Training {
    /** One step; returns the loss before it. */
    float step();
  }

  /** {@link LmSteps} with this optimizer of the tables. */
  static LmProcess ours(LmWorkload workload, String optimizer, int threads) throws IOException {
    return new LmProcess(workload, true, LmSteps.class, optimizer, Integer.toString(threads));
  }

  /** {@link PlainDjl} with the engine on one thread, or on as many as the engine takes by itself. */
  static LmProcess plainDjl(LmWorkload workload, boolean oneThread) throws IOException {
    return new LmProcess(workload, oneThread, PlainDjl.class);
  }

  private LmProcess(LmWorkload workload, boolean oneEngineThread, Class<?> main, String... arguments)
      throws IOException {
    Path folder = LineProcess.newFolder();
    Path file = folder.resolve("workload");
    workload.write(file);
    List<String> flags = new ArrayList<>(FreshJvm.flags());
    flags.removeIf(flag -> flag.startsWith(THREADS) || flag.startsWith(INTEROP_THREADS));
    if (oneEngineThread) {
      flags.addAll(List.of(THREADS + 1, INTEROP_THREADS + 1));
    }
    List<String> all = new ArrayList<>(List.of(file.toString()));
    all.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(FreshJvm.command(flags, main, all));
    if (!oneEngineThread) {
      // Set by the launcher for this process; several engine threads are faster without it where the cores are theirs.
      builder.environment().remove("OMP_WAIT_POLICY");
    }
    process = new LineProcess(folder, builder);
  }

  /** Makes steps. */
  Answer steps(int count) throws IOException {
    String[] figures = process.ask(Integer.toString(count)).split(" ");
    return new Answer(Long.parseLong(figures[0]), Float.parseFloat(figures[1]));
  }

  /** What such a process does: for each line with a number of steps, prints their nanoseconds and the last loss. */
  static void serve(Training training) throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      long start = System.nanoTime();
      float loss = 0;
      for (int steps = Integer.parseInt(line); steps > 0; steps--) {
        loss = training.step();
      }
      System.out.println(System.nanoTime() - start + " " + loss);
    }
  }

  @Override
  public void close() throws IOException {
    process.close();
  }
}
