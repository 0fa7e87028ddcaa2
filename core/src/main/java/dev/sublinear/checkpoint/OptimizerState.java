/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.checkpoint;

import dev.sublinear.layout.StateArray;
import dev.sublinear.step.MatrixOptimizer;
import dev.sublinear.step.Optimizer;
import dev.sublinear.step.RowOptimizer;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Writes the state of an {@link Optimizer} to a byte channel and reads it back, so that the restored optimizer
 * continues with the same bits.
 *
 * <p>Integers little-endian, arrays in native order: 8 bytes magic {@code SUBLOPT3}; an int n and n bytes of UTF-8
 * describing rule, layouts, table shape, seed, arrays and their sizes; a long, the number of steps; then the arrays
 * one after the other. The description must be the same when reading: it covers every size, and the seed, from which
 * hashes and rounding follow. Thread-safe: no state; the optimizer must not step meanwhile.
 */
public final class OptimizerState {
  private static final byte[] MAGIC = "SUBLOPT3".getBytes(StandardCharsets.US_ASCII);
  private static final int CHUNK = 1 << 20;

  private OptimizerState() {}

  /**
   * Writes the state.
   *
   * @throws IOException from the channel
   */
  public static void write(Optimizer optimizer, WritableByteChannel channel) throws IOException {
    byte[] description = describe(optimizer).getBytes(StandardCharsets.UTF_8);
    ByteBuffer header = littleEndian(MAGIC.length + Integer.BYTES + description.length + Long.BYTES);
    header.put(MAGIC).putInt(description.length).put(description).putLong(optimizer.steps()).flip();
    writeFully(channel, header);
    for (StateArray array : optimizer.arrays()) {
      for (long at = 0; at < array.data().byteSize(); at += CHUNK) {
        writeFully(channel, chunk(array, at));
      }
    }
  }

  /**
   * Reads a state into an optimizer of the same rule, layouts and shape.
   *
   * @throws IllegalArgumentException if the state is another optimizer's; nothing has changed then
   * @throws IOException from the channel, or if it ends too early; the optimizer's state is then undefined
   */
  public static void read(Optimizer optimizer, ReadableByteChannel channel) throws IOException {
    ByteBuffer start = readFully(channel, littleEndian(MAGIC.length + Integer.BYTES));
    byte[] magic = new byte[MAGIC.length];
    start.get(magic);
    int length = start.getInt();
    String expected = describe(optimizer);
    if (!Arrays.equals(magic, MAGIC) || length < 0 || length > CHUNK) {
      throw new IllegalArgumentException("not an optimizer state: it does not begin with SUBLOPT3");
    }
    ByteBuffer rest = readFully(channel, littleEndian(length + Long.BYTES));
    byte[] description = new byte[length];
    rest.get(description);
    String found = new String(description, StandardCharsets.UTF_8);
    if (!found.equals(expected)) {
      throw new IllegalArgumentException(
          "the state was written by [" + found + "], this optimizer is [" + expected + "]");
    }
    long steps = rest.getLong();
    if (steps < 0) {
      throw new IllegalArgumentException("the state claims " + steps + " steps: it is damaged");
    }
    for (StateArray array : optimizer.arrays()) {
      for (long at = 0; at < array.data().byteSize(); at += CHUNK) {
        readFully(channel, chunk(array, at));
      }
    }
    optimizer.resumeAt(steps);
  }

  private static String describe(Optimizer optimizer) {
    StringBuilder text = new StringBuilder(optimizer.spec().toString());
    text.append("; ").append(optimizer.parameters().rows()).append(" x ").append(optimizer.parameters().columns());
    text.append(switch (optimizer) {
      case RowOptimizer rows -> "; seed " + rows.seed();
      case MatrixOptimizer tensor -> ""; // nothing random in it
    });
    List<StateArray> arrays = optimizer.arrays();
    for (StateArray array : arrays) {
      text.append("; ").append(array.name()).append(' ').append(array.data().byteSize());
    }
    return text.toString();
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer chunk(StateArray array, long at) {
    return array.data().asSlice(at, Math.min(CHUNK, array.data().byteSize() - at)).asByteBuffer();
  }

  private static void writeFully(WritableByteChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static ByteBuffer readFully(ReadableByteChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("the optimizer state ends " + buffer.remaining() + " bytes too early");
      }
    }
    return buffer.flip();
  }
}
