/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ParallelTextTest {
  @TempDir Path folder;

  private Path file(byte... bytes) throws IOException {
    return Files.write(folder.resolve("pairs.txt"), bytes);
  }

  private Path file(String text) throws IOException {
    return file(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String refusal(Path file) {
    String message = assertThrows(IllegalArgumentException.class, () -> ParallelText.read(file)).getMessage();
    assertEquals(1, message.lines().count(), message);
    return message;
  }

  @Test
  void read_sourceIsTheSecondColumn_andFurtherOnesAreLeft() throws IOException {
    ParallelText text = ParallelText.read(file("Go.\tVa !\nRun!\tCours !\tCC-BY 2.0 (France)\n"));
    assertEquals(List.of(new ParallelText.Line("Va !", "Go."), new ParallelText.Line("Cours !", "Run!")), text.lines());
    assertEquals("pairs.txt", text.name());
  }

  @Test
  void read_gzip_isReadAsItIs() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write("Go.\tVa !\n".getBytes(StandardCharsets.UTF_8));
    }
    assertEquals(1, ParallelText.read(file(bytes.toByteArray())).lines().size());
    byte[] damaged = Arrays.copyOf(bytes.toByteArray(), 15);
    assertTrue(refusal(file(damaged)).contains("damaged gzip data"));
  }

  @Test
  void read_badInput_isRefusedWithTheLine() throws IOException {
    Path missing = folder.resolve("nowhere.txt");
    assertEquals("data " + missing
        + ": no such file, or no permission to read it; sentence pairs are lines of English, a tab, French",
        refusal(missing));
    assertEquals(
        folder.resolve("pairs.txt") + ", line 2: no tab; a line is a target sentence, a tab, its source sentence",
        refusal(file("Go.\tVa !\nRun!\n")));
    assertEquals(folder.resolve("pairs.txt") + ", line 1: nothing after the tab; both sides must be sentences",
        refusal(file("Go.\t \n")));
    assertEquals(folder.resolve("pairs.txt") + ", line 1: nothing before the tab; both sides must be sentences",
        refusal(file("\tVa !\n")));
    assertEquals(folder.resolve("pairs.txt") + ", after line 0: no UTF-8 text",
        refusal(file((byte) 'a', (byte) '\t', (byte) 0xFF, (byte) 'b')));
    assertTrue(refusal(folder).contains("no such file"));
  }
}
