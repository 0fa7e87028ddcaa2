/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Small files of images. */
final class ImageFiles {
  private ImageFiles() {}

  /** An idx file: a magic number, lengths, and bytes 0, 1, 2, ... or those given. */
  static byte[] idx(int magic, int[] lengths, byte... bytes) {
    ByteBuffer file = ByteBuffer.allocate(4 + 4 * lengths.length + bytes.length).putInt(magic);
    for (int length : lengths) {
      file.putInt(length);
    }
    return file.put(bytes).array();
  }

  /** {@code n} images of 2 x 3 pixels, all of image i being i. */
  static byte[] images(int n) {
    byte[] pixels = new byte[6 * n];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i / 6);
    }
    return idx(0x803, new int[] {n, 2, 3}, pixels);
  }

  /** {@code n} labels: 0, 1, 2, 0, 1, ... */
  static byte[] labels(int n) {
    byte[] labels = new byte[n];
    for (int i = 0; i < n; i++) {
      labels[i] = (byte) (i % 3);
    }
    return idx(0x801, new int[] {n}, labels);
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  /** A JPEG of one color. */
  static byte[] jpeg(int side, int color) throws IOException {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < side * side; i++) {
      image.setRGB(i % side, i / side, color);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "jpeg", out);
    return out.toByteArray();
  }

  static Path archive(Path file, Map<String, byte[]> entries) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(out))) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        TarArchiveEntry header = new TarArchiveEntry(entry.getKey());
        header.setSize(entry.getValue().length);
        tar.putArchiveEntry(header);
        tar.write(entry.getValue());
        tar.closeArchiveEntry();
      }
    }
    return file;
  }
}
