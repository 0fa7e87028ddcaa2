/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Images from a tar.gz of JPEG files {@code train/<class>/<name>.jpg} and {@code test/<class>/<name>.jpg}.
 *
 * <p>The classes are the names below {@code train}, sorted; the images of a split stand as in the archive; colors are
 * sRGB. JPEG loses something: what is decoded differs from the images that were encoded.
 *
 * @param train the images below {@code train}
 * @param test the images below {@code test}, of the same classes and size
 */
public record ImageArchive(ImageSet train, ImageSet test) {
  private static final Pattern ENTRY = Pattern.compile("(?:\\./)?(train|test)/([^/]+)/[^/]+\\.jpe?g");
  private static final int CHANNELS = 3;
  private static final int MAX_ENTRY_BYTES = 1 << 24;

  /**
   * Reads an archive.
   *
   * @throws IllegalArgumentException in one line, naming the file and the entry: if it is absent, cannot be read or
   *     is no such archive; if an image cannot be decoded or has another size than the first; if a split has no image,
   *     or a class of {@code test} none in {@code train}
   */
  public static ImageArchive read(Path file) {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new IllegalArgumentException(
          file + ": no such file, or no permission to read it; must be a tar.gz of JPEGs");
    }
    Decoder decoder = new Decoder(file);
    try (InputStream bytes = TextReader.open(file);
        TarArchiveInputStream tar = new TarArchiveInputStream(bytes)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Matcher name = ENTRY.matcher(entry.getName());
        if (entry.isFile() && name.matches()) {
          decoder.add(entry, tar, name.group(1), name.group(2));
        }
      }
    } catch (IOException e) { // commons-compress has no exception of its own for damaged archives
      throw new IllegalArgumentException(file + ": no readable tar.gz (" + e.getMessage() + ")", e);
    } finally {
      decoder.reader.dispose();
    }
    return decoder.finish();
  }

  /** An image and its class. */
  private record Decoded(String name, byte[] pixels) {}

  /** What was read so far. */
  private static final class Decoder {
    private final Path file;
    private final ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
    private final List<Decoded> train = new ArrayList<>();
    private final List<Decoded> test = new ArrayList<>();
    private int height;
    private int width;

    Decoder(Path file) {
      this.file = file;
    }

    void add(TarArchiveEntry entry, InputStream content, String split, String name) throws IOException {
      if (entry.getSize() > MAX_ENTRY_BYTES) {
        throw new IllegalArgumentException(
            file + ", " + entry.getName() + ": " + entry.getSize() + " bytes; must be at most " + MAX_ENTRY_BYTES);
      }
      byte[] bytes = content.readNBytes((int) entry.getSize());
      List<Decoded> images = split.equals("train") ? train : test;
      images.add(new Decoded(name, decode(entry.getName(), bytes)));
    }

    private byte[] decode(String entry, byte[] bytes) {
      BufferedImage image;
      try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
        reader.setInput(in, true, true);
        image = reader.read(0);
      } catch (IOException | RuntimeException e) { // the decoder throws both for damaged images
        throw new IllegalArgumentException(file + ", " + entry + ": no JPEG image (" + e.getMessage() + ")", e);
      }
      if (height == 0) {
        height = image.getHeight();
        width = image.getWidth();
      }
      if (image.getHeight() != height || image.getWidth() != width) {
        throw new IllegalArgumentException(file + ", " + entry + ": " + image.getHeight() + " x " + image.getWidth()
            + " pixels; must be " + height + " x " + width + ", as the first image");
      }
      return planes(image);
    }

    /** Red, then green, then blue, each [height x width]. */
    private byte[] planes(BufferedImage image) {
      int[] colors = image.getRGB(0, 0, width, height, null, 0, width);
      byte[] planes = new byte[CHANNELS * colors.length];
      for (int i = 0; i < colors.length; i++) {
        planes[i] = (byte) (colors[i] >> 16);
        planes[i + colors.length] = (byte) (colors[i] >> 8);
        planes[i + 2 * colors.length] = (byte) colors[i];
      }
      return planes;
    }

    ImageArchive finish() {
      SortedSet<String> classes = new TreeSet<>();
      train.forEach(image -> classes.add(image.name));
      List<String> names = List.copyOf(classes);
      return new ImageArchive(set(names, train, "train"), set(names, test, "test"));
    }

    private ImageSet set(List<String> classes, List<Decoded> images, String split) {
      if (images.isEmpty()) {
        throw new IllegalArgumentException(file + ": no entry " + split + "/<class>/<name>.jpg; there must be one");
      }
      int imageBytes = CHANNELS * height * width;
      byte[] pixels = new byte[Math.multiplyExact(images.size(), imageBytes)];
      int[] labels = new int[images.size()];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = classes.indexOf(images.get(i).name);
        if (labels[i] < 0) {
          throw new IllegalArgumentException(file + ": class " + images.get(i).name + " of " + split
              + " has no image in train; the classes there are " + String.join(", ", classes));
        }
        System.arraycopy(images.get(i).pixels, 0, pixels, i * imageBytes, imageBytes);
      }
      images.clear(); // before the other split is copied
      return new ImageSet(classes, CHANNELS, height, width, pixels, labels);
    }
  }
}
