/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageArchiveTest {
  private static final int RED = 0xF00000;
  private static final int BLUE = 0x0000F0;

  @TempDir Path folder;

  private final Map<String, byte[]> entries = new LinkedHashMap<>();

  @BeforeEach
  void entries() throws IOException {
    entries.put("train/zebra/1.jpg", ImageFiles.jpeg(8, RED));
    entries.put("train/ant/1.jpg", ImageFiles.jpeg(8, BLUE));
    entries.put("README", new byte[] {1});
    entries.put("test/ant/7.jpg", ImageFiles.jpeg(8, RED));
  }

  private Path archive() throws IOException {
    return ImageFiles.archive(folder.resolve("images.tar.gz"), entries);
  }

  @Test
  void read_twoClasses_sortedByNameImagesAsTheyStand() throws IOException {
    ImageArchive archive = ImageArchive.read(archive());
    assertEquals("2 images 3 x 8 x 8, 2 classes", archive.train().toString());
    assertEquals(List.of("ant", "zebra"), archive.train().classes());
    assertEquals(1, archive.train().label(0));
    assertEquals(0, archive.train().label(1));
    assertEquals(1, archive.test().size());
    int[] colors = {0xF0, 0, 0, 0, 0, 0xF0};
    for (int plane = 0; plane < colors.length; plane++) {
      for (int i = 0; i < 64; i++) {
        assertEquals(colors[plane], archive.train().pixels()[64 * plane + i] & 0xFF, 6, "JPEG loses little of a plane");
      }
    }
  }

  private void assertRefused(String message) throws IOException {
    Path file = archive();
    Exception e = assertThrows(IllegalArgumentException.class, () -> ImageArchive.read(file));
    assertTrue(e.getMessage().startsWith(file.toString()) && e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void read_anotherSize_namesTheEntry() throws IOException {
    entries.put("test/ant/8.jpg", ImageFiles.jpeg(9, RED));
    assertRefused(", test/ant/8.jpg: 9 x 9 pixels; must be 8 x 8, as the first image");
  }

  @Test
  void read_noJpeg_namesTheEntry() throws IOException {
    entries.put("train/ant/2.jpg", new byte[] {1, 2, 3});
    assertRefused(", train/ant/2.jpg: no JPEG image (");
  }

  @Test
  void read_classOfTestAlone_namesIt() throws IOException {
    entries.put("test/yak/1.jpg", ImageFiles.jpeg(8, RED));
    assertRefused(": class yak of test has no image in train; the classes there are ant, zebra");
  }

  @Test
  void read_noTest_saysWhatIsMissing() throws IOException {
    entries.remove("test/ant/7.jpg");
    assertRefused(": no entry test/<class>/<name>.jpg");
  }

  @Test
  void read_cutOrNoArchive_saysSo() throws IOException {
    Path file = archive();
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    Exception cut = assertThrows(IllegalArgumentException.class, () -> ImageArchive.read(file));
    assertTrue(cut.getMessage().startsWith(file + ": no readable tar.gz ("), cut.getMessage());
    Files.write(file, "not an archive, but longer than the 512 bytes of a header. ".repeat(20).getBytes(StandardCharsets.UTF_8));
    Exception other = assertThrows(IllegalArgumentException.class, () -> ImageArchive.read(file));
    assertTrue(other.getMessage().startsWith(file.toString()), other.getMessage());
  }
}
