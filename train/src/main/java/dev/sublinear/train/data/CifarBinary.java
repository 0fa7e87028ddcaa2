/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads the binary batches of CIFAR-10 (Krizhevsky, 2009): records of a label and 3 x 32 x 32 bytes, red before green
 * before blue, rows from the top.
 *
 * <p>Thread-safe: no state.
 */
public final class CifarBinary {
  private static final List<String> CLASSES =
      List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private static final int CHANNELS = 3;
  private static final int SIDE = 32;
  private static final int IMAGE = CHANNELS * SIDE * SIDE;

  private CifarBinary() {}

  /**
   * Reads all records of some files, in their order.
   *
   * @param files {@code data_batch_1.bin} and so on, or {@code test_batch.bin}; 3073 bytes a record
   * @throws IllegalArgumentException in one line, naming the file: if it is absent or empty, ends within a record, or
   *     has a label above 9
   * @throws IOException if reading fails
   */
  public static ImageSet read(List<Path> files) throws IOException {
    long[] ends = new long[files.size() + 1];
    for (int f = 0; f < files.size(); f++) {
      ends[f + 1] = ends[f] + records(files.get(f));
    }
    int[] labels = new int[Math.toIntExact(ends[files.size()])];
    byte[] pixels = new byte[Math.multiplyExact(labels.length, IMAGE)];
    for (int f = 0; f < files.size(); f++) {
      byte[] bytes = Files.readAllBytes(files.get(f));
      for (int record = 0; record < bytes.length / (1 + IMAGE); record++) {
        int label = bytes[record * (1 + IMAGE)] & 0xFF;
        if (label >= CLASSES.size()) {
          throw new IllegalArgumentException(
              files.get(f) + ", record " + (record + 1) + ": label " + label + "; must be in 0.."
                  + (CLASSES.size() - 1));
        }
        int image = (int) ends[f] + record;
        labels[image] = label;
        System.arraycopy(bytes, record * (1 + IMAGE) + 1, pixels, image * IMAGE, IMAGE);
      }
    }
    return new ImageSet(CLASSES, CHANNELS, SIDE, SIDE, pixels, labels);
  }

  private static long records(Path file) throws IOException {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new IllegalArgumentException(
          file + ": no such file, or no permission to read it; must be CIFAR-10 records");
    }
    long bytes = Files.size(file);
    if (bytes == 0 || bytes % (1 + IMAGE) != 0 || bytes > Integer.MAX_VALUE - Long.BYTES) {
      throw new IllegalArgumentException(file + ": " + bytes + " bytes; must be a multiple of " + (1 + IMAGE)
          + ", a label and " + CHANNELS + " x " + SIDE + " x " + SIDE + " bytes, and below 2^31 - 8");
    }
    return bytes / (1 + IMAGE);
  }
}
