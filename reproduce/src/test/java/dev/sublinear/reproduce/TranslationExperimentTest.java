/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.train.data.ParallelCorpus;
import dev.sublinear.train.model.TranslationConfig;
import dev.sublinear.train.report.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The translation experiment on a toy language: what is trained, chosen and written. */
class TranslationExperimentTest {
  private static final TranslationRecipe TOY = new TranslationRecipe(new ParallelCorpus.Limits(100, 6, 20),
      new TranslationConfig(8, 1, 2, 8, 7), 80, 1, 0.1, List.of(0.01f, 0.02f),
      new TranslationRecipe.Budget(4, 8, 2, List.of(2L, 3L)));

  @TempDir Path folder;
  private final List<String> said = new ArrayList<>();

  private Lab lab(Size size, Path data) {
    return new Lab(size, data, 1, () -> RunDirectory.create(folder.resolve("runs")), "test", said::add);
  }

  @Test
  void run_searchThenPairedSeeds_writesThePage() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      lines.append("Word ").append(i % 70).append(" and ").append(i % 97).append(".\tMot ").append(i % 70)
          .append(" et ")
          .append(i % 97).append(" !\n");
    }
    Path data = Files.createDirectories(folder.resolve("data/tatoeba-fra-eng"));
    Files.writeString(data.resolve("fra.txt"), lines);
    Experiment experiment = new TranslationExperiment(size -> TOY,
        List.of(Method.added("Adam", "adam"), Method.added("Adagrad", "adagrad").withRatesTimes(10)));
    Path file =
        Reproduce.run(experiment, lab(Size.SHORT, folder.resolve("data")), folder.resolve("out"), "test", "abc1234");
    String text = Files.readString(file);
    assertEquals("sm3-translation.md", String.valueOf(file.getFileName()));
    assertEquals(1, text.lines().filter(line -> line.startsWith("| Adagrad: `adagrad")).count(), text);
    assertTrue(text.contains("  - in the data: word "), text);
    assertTrue(!text.contains("NaN") && !text.contains("null"), text);
    assertTrue(Files.exists(folder.resolve("out/images/sm3-translation-1.png")));
    assertTrue(said.stream().filter(line -> line.contains("search, Adam, ")).count() >= 2, said.toString());
    assertEquals(4, said.stream().filter(line -> line.contains("test BLEU")).count(), said.toString());
  }

  @Test
  void smoke_needsNoData_andTakesNone() throws IOException {
    assertEquals(1_000, lab(Size.SMOKE, null).pairs(8).lines().size());
    assertThrows(IllegalArgumentException.class, () -> lab(Size.SMOKE, folder).pairs(8));
    assertThrows(IllegalArgumentException.class, () -> lab(Size.SHORT, null).pairs(8));
    assertThrows(IllegalArgumentException.class, () -> lab(Size.SHORT, folder.resolve("nowhere")).pairs(8));
  }
}
