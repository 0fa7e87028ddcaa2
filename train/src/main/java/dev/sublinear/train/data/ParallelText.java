/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipException;

/**
 * Sentences and their translations as they were written. Immutable and thread-safe.
 *
 * @param name where they come from
 * @param lines the pairs, in their order; a sentence may stand in several
 */
public record ParallelText(String name, List<Line> lines) {
  /** Copies the list. */
  public ParallelText {
    lines = List.copyOf(lines);
  }

  /**
   * A pair.
   *
   * @param source what is to be translated
   * @param target a translation
   */
  public record Line(String source, String target) {}

  /**
   * Reads lines of a target sentence, a tab and its source sentence, as Tatoeba's pairs come; what follows a second tab
   * is not read. UTF-8, plain or gzip (told by the first bytes).
   *
   * @throws IllegalArgumentException in one line, naming the file and the line: if there is no such file, it is damaged
   *     or no UTF-8, a line has no tab, or a side of it is blank
   * @throws IOException if reading fails
   */
  public static ParallelText read(Path file) throws IOException {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new IllegalArgumentException("data " + file
          + ": no such file, or no permission to read it; sentence pairs are lines of English, a tab, French");
    }
    List<Line> lines = new ArrayList<>();
    try (InputStream bytes = TextReader.open(file);
        BufferedReader reader = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder()))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line(file, lines.size() + 1, line));
      }
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + ", after line " + lines.size() + ": no UTF-8 text", e);
    } catch (ZipException | EOFException e) {
      throw new IllegalArgumentException(file + ": damaged gzip data (" + e.getMessage() + ")", e);
    }
    Path name = file.toAbsolutePath().normalize().getFileName();
    return new ParallelText(name == null ? file.toString() : name.toString(), lines);
  }

  private static Line line(Path file, int number, String line) {
    String[] sides = line.split("\t", 3);
    if (sides.length < 2) {
      throw new IllegalArgumentException(
          file + ", line " + number + ": no tab; a line is a target sentence, a tab, its source sentence");
    }
    if (sides[0].isBlank() || sides[1].isBlank()) {
      throw new IllegalArgumentException(file + ", line " + number + ": nothing "
          + (sides[0].isBlank() ? "before" : "after") + " the tab; both sides must be sentences");
    }
    return new Line(sides[1], sides[0]);
  }
}
