/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a LIBSVM file may say and how it is understood. */
class LibsvmFileTest {
  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("data"), text);
  }

  private static double[] dense(Examples examples, int row) {
    int[] index = new int[examples.features()];
    double[] value = new double[examples.features()];
    int n = examples.read(row, index, value);
    double[] dense = new double[examples.features()];
    for (int i = 0; i < n; i++) {
      assertTrue(i == 0 || index[i] > index[i - 1], Arrays.toString(index));
      dense[index[i]] = value[i];
    }
    return dense;
  }

  @Test
  void read_sparseRows_inTheOrderOfTheFile() throws IOException {
    Examples examples = LibsvmFile.read(file("+1 1:0.5 4:-2e-3 \n\n-1\n# a remark\n1\t2:7 3:0 # another\r\n"));
    assertEquals("data", examples.name());
    assertEquals(3, examples.rows());
    assertEquals(4, examples.features());
    assertArrayEquals(new double[] {0.5, 0, 0, -2e-3}, dense(examples, 0));
    assertArrayEquals(new double[4], dense(examples, 1));
    assertArrayEquals(new double[] {0, 7, 0, 0}, dense(examples, 2));
    assertTrue(examples.isPositive(0) && !examples.isPositive(1) && examples.isPositive(2));
  }

  @ParameterizedTest
  @CsvSource({"1, true", "0, false", "-1, false", "+1, true", "9, true", "1.0, true", "-3, false", "1e0, true"})
  void label_aboveZero_isPositive(String label, boolean expected) throws IOException {
    assertEquals(expected, LibsvmFile.read(file(label + " 1:1\n")).isPositive(0));
  }

  @Test
  void read_manyRows_growsAndGzipIsTheSame() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < 3000; row++) {
      text.append(row % 3 - 1);
      for (int j = row % 5; j < 20; j += 1 + row % 4) {
        text.append(' ').append(j + 1).append(':').append(row + 0.25 * j);
      }
      text.append('\n');
    }
    Path gzip = folder.resolve("data.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gzip))) {
      out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    }
    Examples plain = LibsvmFile.read(file(text.toString()));
    Examples packed = LibsvmFile.read(gzip);
    assertEquals(3000, plain.rows());
    assertEquals(20, packed.features());
    for (int row = 0; row < 3000; row++) {
      assertEquals(row % 3 == 2, plain.isPositive(row));
      assertEquals(plain.isPositive(row), packed.isPositive(row));
      double[] expected = new double[20];
      for (int j = row % 5; j < 20; j += 1 + row % 4) {
        expected[j] = row + 0.25 * j;
      }
      assertArrayEquals(expected, dense(plain, row));
      assertArrayEquals(expected, dense(packed, row));
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      1.5 1:1       | label '1.5': must be 0 or 1, -1 or +1, or an integer
      spam 1:1      | label 'spam'
      nan 1:1       | label 'nan'
      NaN 1:1       | label 'NaN'
      1,2 1:1       | label '1,2'
      Infinity 1:1  | label 'Infinity'
      1:1 2:1       | label '1:1'
      1 1:NaN       | value 'NaN' of feature 1: must be a finite number
      1 1:nan       | value 'nan' of feature 1: must be a finite number
      1 2:inf       | value 'inf' of feature 2
      1 2:1e999     | value '1e999' of feature 2
      1 2:          | value '' of feature 2
      1 0:1         | index '0': must be a whole number in 1..134217728
      1 -3:1        | index '-3'
      1 1.5:1       | index '1.5'
      1 9999999999:1 | index '9999999999'
      1 qid:3 1:1   | index 'qid'
      1 2:1 2:1     | index 2 after 2: indices must ascend
      1 5:1 2:1     | index 2 after 5
      1 7           | '7' is not INDEX:VALUE
      """)
  void badLine_isRefusedWithFileAndLine(String line, String expected) throws IOException {
    Path file = file("1 1:1\n\n" + line + "\n1 1:1\n");
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> LibsvmFile.read(file));
    assertTrue(e.getMessage().startsWith(file + ", line 3: " + expected), e.getMessage());
  }

  @Test
  void badFile_isRefused() throws IOException {
    assertRefused("no such file", folder.resolve("nowhere"));
    assertRefused("no such file", folder);
    assertRefused("no row in it", file("\n# nothing\n"));
    assertRefused("no UTF-8 text", Files.write(folder.resolve("binary"), new byte[] {'1', (byte) 0xFF, (byte) 0xFE}));
    assertRefused("damaged gzip", Files.write(folder.resolve("cut.gz"), new byte[] {0x1F, (byte) 0x8B, 8, 0}));
  }

  private static void assertRefused(String expected, Path file) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> LibsvmFile.read(file));
    assertTrue(e.getMessage().contains(expected) && e.getMessage().contains(file.toString()), e.getMessage());
  }
}
