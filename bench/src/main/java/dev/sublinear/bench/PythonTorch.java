/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Python process with torch that makes steps on request; {@code sparse_torch.py} is its side.
 *
 * <p>Not thread-safe; close it to end the process and delete its files.
 */
final class PythonTorch implements AutoCloseable {
  /** Debian's own Python sees python3-torch, whatever else is first on the path. */
  private static final List<String> CANDIDATES = List.of("python3", "/usr/bin/python3");
  private static final int IMPORT_SECONDS = 60;

  /**
   * A Python that has torch.
   *
   * @param command how to start it; null if there is none
   * @param description its version, or that there is none, for the report
   */
  record Found(@Nullable String command, String description) {}

  private final Path folder;
  private final LineProcess process;
  private final int rows;

  /** Looks for a Python with torch; takes seconds. */
  static Found find() {
    for (String candidate : CANDIDATES) {
      try {
        Process process = new ProcessBuilder(candidate, "-c", "import torch; print(torch.__version__)")
            .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        if (!process.waitFor(IMPORT_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        } else if (process.exitValue() == 0) {
          String version = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
          return new Found(candidate, version + " (" + candidate + ")");
        }
      } catch (IOException e) {
        // There is no such program: the next one may be there.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return new Found(null, "none found (looked at " + String.join(", ", CANDIDATES) + ")");
  }

  /** Starts {@code command} on these batches. */
  PythonTorch(String command, Batches batches) throws IOException {
    rows = batches.count();
    folder = LineProcess.newFolder();
    Path script = folder.resolve("sparse_torch.py");
    try (InputStream in = Objects.requireNonNull(PythonTorch.class.getResourceAsStream("sparse_torch.py"))) {
      Files.copy(in, script);
    }
    Path data = folder.resolve("batches");
    write(data, batches);
    ProcessBuilder builder = new ProcessBuilder(command, script.toString(), data.toString(),
        Long.toString(batches.rows()), Integer.toString(batches.columns()), Integer.toString(batches.count()),
        Integer.toString(batches.size()));
    // Set by the launcher for this process; torch is as fast as it can be without them.
    builder.environment().keySet().removeAll(List.of("OMP_WAIT_POLICY", "OPENBLAS_NUM_THREADS"));
    process = new LineProcess(folder, builder);
  }

  private static void write(Path file, Batches batches) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer ids = ByteBuffer.allocate(batches.count() * Long.BYTES).order(ByteOrder.nativeOrder());
      for (int b = 0; b < batches.size(); b++) {
        ids.clear().asLongBuffer().put(batches.ids(b));
        writeAll(channel, ids);
      }
      writeAll(channel, batches.values().asByteBuffer());
    }
  }

  private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** The rows of batch 0 after {@code steps} steps from zero, batch after batch. */
  float[] check(String optimizer, int steps, int columns) throws IOException {
    Path file = folder.resolve("result");
    process.ask("check " + optimizer + " " + steps + " " + file);
    float[] values = new float[rows * columns];
    ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder()).asFloatBuffer().get(values);
    return values;
  }

  /** One pass over the batches, with gradients of a kind that the script names; its nanoseconds by Python's clock. */
  long pass(String optimizer, String gradients, int threads) throws IOException {
    return Long.parseLong(process.ask("run " + optimizer + " " + gradients + " " + threads));
  }

  @Override
  public void close() throws IOException {
    process.close();
  }
}
