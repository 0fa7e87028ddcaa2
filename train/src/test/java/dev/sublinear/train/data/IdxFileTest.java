/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdxFileTest {
  @TempDir Path folder;

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void read_imagesAndLabels_plainOrGzip_asTheyStand(boolean gzip) throws IOException {
    byte[] images = ImageFiles.images(200);
    byte[] labels = ImageFiles.labels(200);
    ImageSet set = IdxFile.read(file("i", gzip ? ImageFiles.gzip(images) : images),
        file("l", gzip ? ImageFiles.gzip(labels) : labels));
    assertEquals("200 images 1 x 2 x 3, 3 classes", set.toString());
    assertEquals(List.of("0", "1", "2"), set.classes());
    for (int i = 0; i < 200; i++) {
      assertEquals(i % 3, set.label(i));
      for (int j = 0; j < 6; j++) {
        assertEquals(i, set.pixels()[6 * i + j] & 0xFF);
      }
    }
  }

  static Stream<Arguments> badImages() throws IOException {
    byte[] good = ImageFiles.images(4);
    byte[] zipped = ImageFiles.gzip(good);
    return Stream.of(
        Arguments.of(new byte[0], "0 bytes; the header of idx images has 16"),
        Arguments.of(Arrays.copyOf(good, 15), "15 bytes; the header of idx images has 16"),
        Arguments.of(ImageFiles.labels(4), "begins with 00000801; idx images of unsigned bytes begin with 00000803"),
        Arguments.of(ImageFiles.idx(0xD03, new int[] {4, 2, 3}), "begins with 00000d03"),
        Arguments.of(ImageFiles.idx(0x803, new int[] {0, 2, 3}),
            "the header says 0 x 2 x 3; each number must be in 1.."),
        Arguments.of(ImageFiles.idx(0x803, new int[] {4, -2, 3}), "the header says 4 x -2 x 3"),
        Arguments.of(ImageFiles.idx(0x803, new int[] {1 << 20, 1 << 20, 1 << 24}), "must be below 2^31 - 8"),
        Arguments.of(ImageFiles.idx(0x803, new int[] {1 << 30, 1, 1}),
            "0 bytes follow the header; it says 1073741824 x 1 x 1, so there must be 1073741824"),
        Arguments.of(Arrays.copyOf(good, 39), "23 bytes follow the header; it says 4 x 2 x 3, so there must be 24"),
        Arguments.of(Arrays.copyOf(good, 41), "more bytes follow the header; it says 4 x 2 x 3, so there must be 24"),
        Arguments.of(Arrays.copyOf(zipped, zipped.length - 9), "damaged gzip data"));
  }

  @ParameterizedTest
  @MethodSource("badImages")
  void read_badImages_saysWhatIsThereAndWhatIsLegal(byte[] bytes, String message) throws IOException {
    Path images = file("images", bytes);
    Path labels = file("labels", ImageFiles.labels(4));
    Exception e = assertThrows(IllegalArgumentException.class, () -> IdxFile.read(images, labels));
    assertTrue(e.getMessage().startsWith(images + ": ") && e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void read_anotherNumberOfLabels_namesBothCounts() throws IOException {
    Path images = file("images", ImageFiles.images(4));
    Path labels = file("labels", ImageFiles.labels(5));
    Exception e = assertThrows(IllegalArgumentException.class, () -> IdxFile.read(images, labels));
    assertEquals(labels + ": 5 labels; must be as many as the 4 images of " + images, e.getMessage());
  }

  @Test
  void read_absentFile_namesIt() throws IOException {
    Path images = file("images", ImageFiles.images(4));
    Path labels = folder.resolve("labels");
    Exception e = assertThrows(IllegalArgumentException.class, () -> IdxFile.read(images, labels));
    assertTrue(e.getMessage().startsWith(labels + ": no such file"), e.getMessage());
  }
}
