/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.zip.ZipException;

/**
 * Reads images and labels in the idx format of MNIST (LeCun, Cortes and Burges): a magic number, one big-endian 32-bit
 * length per dimension, then unsigned bytes. Files are plain or gzip, told by their first bytes.
 *
 * <p>Thread-safe: no state.
 */
public final class IdxFile {
  /** Two zero bytes, 8 for unsigned bytes, and the number of dimensions. */
  private static final int LABELS_MAGIC = 0x0801;

  private static final int IMAGES_MAGIC = 0x0803;

  private IdxFile() {}

  /**
   * Reads the images of one file and their labels from another, in their order.
   *
   * @param images {@code ...-images-idx3-ubyte}: gray, [images x rows x columns]
   * @param labels {@code ...-labels-idx1-ubyte}: [images]; the classes are the numbers from 0 to the largest label
   * @throws IllegalArgumentException in one line, naming the file: if it is absent, damaged, of another kind, shorter
   *     or longer than its header says, or the two have different counts
   * @throws IOException if reading fails
   */
  public static ImageSet read(Path images, Path labels) throws IOException {
    Content pixels = read(images, IMAGES_MAGIC, "images");
    Content classes = read(labels, LABELS_MAGIC, "labels");
    if (classes.lengths[0] != pixels.lengths[0]) {
      throw new IllegalArgumentException(labels + ": " + classes.lengths[0] + " labels; must be as many as the "
          + pixels.lengths[0] + " images of " + images);
    }
    int[] numbers = IntStream.range(0, classes.bytes.length).map(i -> classes.bytes[i] & 0xFF).toArray();
    int largest = IntStream.of(numbers).max().orElseThrow();
    List<String> names = IntStream.rangeClosed(0, largest).mapToObj(Integer::toString).toList();
    return new ImageSet(names, 1, pixels.lengths[1], pixels.lengths[2], pixels.bytes, numbers);
  }

  private record Content(int[] lengths, byte[] bytes) {}

  private static Content read(Path file, int magic, String kind) throws IOException {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new IllegalArgumentException(file + ": no such file, or no permission to read it; must be idx " + kind);
    }
    try (InputStream in = TextReader.open(file)) {
      return read(file, in, magic, kind);
    } catch (ZipException | EOFException e) {
      throw new IllegalArgumentException(file + ": damaged gzip data (" + e.getMessage() + ")", e);
    }
  }

  private static Content read(Path file, InputStream in, int magic, String kind) throws IOException {
    int dimensions = magic & 0xFF;
    byte[] header = in.readNBytes(Integer.BYTES * (1 + dimensions));
    ByteBuffer numbers = ByteBuffer.wrap(header);
    if (header.length >= Integer.BYTES && numbers.getInt() != magic) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s: begins with %08x; idx %s of unsigned bytes begin with %08x",
              file, numbers.getInt(0), kind, magic));
    }
    if (header.length < Integer.BYTES * (1 + dimensions)) {
      throw new IllegalArgumentException(file + ": " + header.length + " bytes; the header of idx " + kind + " has "
          + Integer.BYTES * (1 + dimensions));
    }
    int[] lengths = IntStream.range(0, dimensions).map(i -> numbers.getInt()).toArray();
    long product = 1;
    for (int length : lengths) {
      if (length < 1) {
        throw new IllegalArgumentException(
            file + ": the header says " + text(lengths) + "; each number must be in 1.." + Integer.MAX_VALUE);
      }
      product = product > Integer.MAX_VALUE ? product : product * length;
    }
    if (product > Integer.MAX_VALUE - Long.BYTES) {
      throw new IllegalArgumentException(
          file + ": the header says " + text(lengths) + " bytes; the product must be below 2^31 - 8");
    }
    byte[] bytes = in.readNBytes((int) product); // in pieces: a header that lies costs no memory
    if (bytes.length < product || in.read() >= 0) {
      throw new IllegalArgumentException(file + ": " + (bytes.length < product ? bytes.length : "more")
          + " bytes follow the header; it says " + text(lengths) + ", so there must be " + product);
    }
    return new Content(lengths, bytes);
  }

  private static String text(int[] lengths) {
    return String.join(" x ", IntStream.of(lengths).mapToObj(Integer::toString).toList());
  }
}
