/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CifarBinaryTest {
  private static final int RECORD = 3073;

  @TempDir Path folder;

  /** Records whose label is i and whose byte j is j + i. */
  private Path batch(String name, int... labels) throws IOException {
    byte[] bytes = new byte[labels.length * RECORD];
    for (int i = 0; i < labels.length; i++) {
      bytes[i * RECORD] = (byte) labels[i];
      for (int j = 1; j < RECORD; j++) {
        bytes[i * RECORD + j] = (byte) (j + labels[i]);
      }
    }
    return Files.write(folder.resolve(name), bytes);
  }

  @Test
  void read_twoBatches_oneAfterTheOther() throws IOException {
    ImageSet set = CifarBinary.read(List.of(batch("a", 9, 0), batch("b", 3)));
    assertEquals("3 images 3 x 32 x 32, 10 classes", set.toString());
    assertEquals("truck", set.classes().get(set.label(0)));
    assertEquals("airplane", set.classes().get(set.label(1)));
    assertEquals("cat", set.classes().get(set.label(2)));
    assertEquals((byte) (1 + 9), set.pixels()[0]);
    assertEquals((byte) (3072 + 3), set.pixels()[3 * 3072 - 1]);
  }

  @Test
  void read_labelAbove9_namesFileAndRecord() throws IOException {
    Path batch = batch("a", 9, 10);
    Exception e = assertThrows(IllegalArgumentException.class, () -> CifarBinary.read(List.of(batch)));
    assertEquals(batch + ", record 2: label 10; must be in 0..9", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, RECORD - 1, RECORD + 1})
  void read_brokenRecord_saysWhatIsLegal(int bytes) throws IOException {
    Path batch = Files.write(folder.resolve("a"), new byte[bytes]);
    Exception e = assertThrows(IllegalArgumentException.class, () -> CifarBinary.read(List.of(batch)));
    assertTrue(e.getMessage().startsWith(batch + ": " + bytes + " bytes; must be a multiple of 3073"), e.getMessage());
  }
}
