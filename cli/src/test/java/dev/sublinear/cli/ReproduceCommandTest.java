/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What {@code reproduce} lists and what it refuses before it begins; that it measures is for its module's tests to say.
 */
final class ReproduceCommandTest {
  @TempDir Path directory;

  @Test
  void list_namesEveryTableAndFigureInALine() {
    String out = Typed.sublinear("reproduce", "--list").ok().out();
    for (String id : List.of("cs-figure-2", "cs-table-3", "cs-table-4", "cs-figure-3", "cs-table-7", "cs-table-9",
        "cs-power-law", "sm3-translation", "sketchy-oco")) {
      assertEquals(1, out.lines().filter(line -> line.startsWith(id + " ")).count(), out);
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      reproduce                              | no table or figure named: write one of cs-figure-2
      reproduce cs-table-44                  | unknown table or figure 'cs-table-44': did you mean 'cs-table-4'?
      reproduce cs-table-4 --smoke --full    | --smoke and --full: give one of them
      reproduce cs-table-4 --threads 0       | --threads 0: must be in 1..
      reproduce cs-table-4 --data ./nowhere  | corpus ./nowhere: no such file or directory
      reproduce cs-table-4                   | --data is missing: name a folder with wikitext-2 in it by --data
      reproduce cs-table-4 --smoke --data x  | --data x: --smoke has its own data
      reproduce sm3-translation --data ./nowhere | --data ./nowhere: no such file, or no permission to read it
      reproduce sm3-translation              | --data is missing: name a folder with tatoeba-fra-eng in it by --data
      reproduce sketchy-oco                  | --data is missing: name a folder with libsvm in it by --data
      reproduce sketchy-oco --data ./nowhere | --data ./nowhere/a9a: no such file
      reproduce cs-table-4 cs-table-3        | unexpected argument 'cs-table-3'
      """)
  void badInput_isRefusedInOneLine(String typed, String expected) {
    String line = Typed.sublinear(typed.split(" ")).oneLine(2);
    assertTrue(line.contains(expected), line);
  }

  @Test
  void outThatIsAFile_isRefused_andNothingIsMade() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "kept");
    String line = Typed.sublinear("reproduce", "cs-table-4", "--out", file.toString()).oneLine(2);
    assertTrue(line.startsWith("sublinear: --out " + file), line);
    assertEquals("kept", Files.readString(file));
    assertFalse(Files.exists(Path.of("runs")), "a run directory of nothing");
  }
}
