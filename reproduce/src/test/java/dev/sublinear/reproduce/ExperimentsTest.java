/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.train.loop.LmOptions;
import dev.sublinear.train.loop.Schedule;
import dev.sublinear.train.model.LstmConfig;
import dev.sublinear.train.model.SoftmaxSpec;
import dev.sublinear.train.model.TensorSpec;
import dev.sublinear.train.report.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The experiments on a toy text: what is trained, chosen and written. */
class ExperimentsTest {
  private static final Recipe TOY = new Recipe(0, 4, 5, new LstmConfig(8, 8, 1, 0, 0, false), new SoftmaxSpec.Full(), 1,
      Schedule.parse("linear"), List.of(0.01f, 0.02f), new Recipe.Budget(200, 400, 2, List.of(2L, 3L), 0));

  @TempDir Path folder;
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void writeText() throws IOException {
    Path text = Files.createDirectory(folder.resolve("wikitext-2"));
    Random random = new Random(1);
    for (String split : List.of("train", "valid", "test")) {
      String lines = Stream.generate(() -> "w" + (int) Math.abs(12 * random.nextGaussian()))
          .limit(split.equals("train") ? 4_000 : 300).collect(Collectors.joining(" ")).replace(" w1 ", " w1\n");
      Files.writeString(text.resolve(split + ".txt"), lines + "\n");
    }
  }

  private Lab lab() {
    return lab("runs");
  }

  @Test
  void table_paperRowBesideMeasured_searchThenPairedSeeds() throws IOException {
    Experiment experiment = new TableExperiment("toy", "a toy", "The paper.", "The scale.",
        Scope.WORD_TABLES, size -> TOY.probing(3),
        List.of(Method.published("dense", "adam", 100),
            Method.published("sketch", "adam m=count-sketch:0.5,v=count-min:0.5", 103).atMost(1.04),
            Method.added("adagrad", "adagrad").withRatesTimes(10)));
    Path file = Reproduce.run(experiment, lab(), folder.resolve("out"), "./sublinear reproduce toy", "abc1234");
    String text = Files.readString(file);
    assertTrue(text.startsWith("# toy: a toy\n\n`./sublinear reproduce toy`, commit abc1234"), text);
    assertTrue(text.contains("103.00 |         1.030 |"), text);
    assertEquals(3, text.lines().filter(line -> line.matches("\\| (dense|sketch|adagrad): .*")).count(), text);
    assertTrue(text.lines().anyMatch(line -> line.startsWith("| dense: ") && line.contains("100.0 %")), text);
    assertEquals(5, text.lines().filter(line -> line.startsWith("![toy")).count(), text);
    try (Stream<Path> pictures = Files.list(folder.resolve("out/images"))) {
      assertEquals(5, pictures.filter(picture -> picture.toString().endsWith(".png")).count());
    }
    // Three methods of two rates or more, then each with two seeds.
    assertTrue(said.stream().filter(line -> line.contains("search")).count() >= 6, said.toString());
    assertEquals(2, said.stream().filter(line -> line.contains("seed 3") || line.contains("seed 2"))
        .filter(line -> line.contains("sketch")).count(), said.toString());
  }

  @Test
  void table_edgeOfTheRates_searchesFurther_andTheBaseRateHoldsForOthers() throws IOException {
    Comparison.Result result =
        Comparison.run(lab(), TOY, Scope.WORD_TABLES,
            List.of(Method.added("dense", "adam"), Method.added("row-wise", "adam v=row-wise")));
    assertTrue(result.shared().scores().size() > 2, "two rates: the best is always at an edge");
    float others = result.shared().best();
    for (Comparison.Outcome outcome : result.outcomes()) {
      RateSearch search = outcome.tuning().searches().getFirst();
      assertTrue(search.scores().size() > 2, "two rates: the best is always at an edge");
      assertEquals(List.of(search), outcome.tuning().searches());
      assertEquals(new Rates(search.best(), others), outcome.tuning().rates());
      assertEquals(2, outcome.perplexities().size());
    }
    assertEquals(result.shared().scores().get(others),
        result.outcomes().getFirst().tuning().searches().getFirst().scores().get(others));
  }

  @Test
  void search_neverSeesTheTestText() throws IOException {
    var corpus = lab().text(0);
    assertEquals(2, Recipe.withoutTest(corpus).test().length);
    assertEquals(corpus.validation()[0], Recipe.withoutTest(corpus).test()[0]);
  }

  @Test
  void figure2_andPowerLaw_writeTablesAndPictures() throws IOException {
    for (Experiment experiment : List.of(new Figure2(size -> TOY), new PowerLaw(size -> TOY))) {
      Path file = Reproduce.run(experiment, lab(experiment.id()), folder.resolve("out"), "test", "abc1234");
      String text = Files.readString(file);
      assertTrue(text.contains("output table"), text);
      assertTrue(text.contains("](images/" + experiment.id() + "-2.png)"), text);
      assertTrue(!text.contains("NaN"), text);
    }
  }

  @Test
  void together_onOneThreadEach_changesNoFigure() throws IOException {
    List<Method> methods = List.of(Method.added("dense", "adam"), Method.added("row-wise", "adam v=row-wise"));
    List<Comparison.Outcome> alone = Comparison.run(lab("alone"), TOY, Scope.WORD_TABLES, methods).outcomes();
    List<Comparison.Outcome> together =
        Comparison.run(lab("together", 3), TOY, Scope.WORD_TABLES, methods).outcomes();
    for (int i = 0; i < methods.size(); i++) {
      assertEquals(alone.get(i).tuning(), together.get(i).tuning());
      assertEquals(alone.get(i).perplexities(), together.get(i).perplexities());
    }
  }

  @Test
  void together_keepsTheOrder_andThrowsWhatATaskThrew() {
    Lab lab = lab("none", 2);
    assertEquals(List.of(2, 4, 6, 8, 10), lab.together(List.of(1, 2, 3, 4, 5), (own, item) -> 2 * item));
    assertEquals(List.of(1, 1), lab.together(List.of(1, 2), (own, item) -> own.threads()));
    IllegalStateException failure = assertThrows(IllegalStateException.class,
        () -> lab.together(List.of(1, 2, 3), (own, item) -> {
          if (item == 2) {
            throw new IllegalStateException("item 2");
          }
          return item;
        }));
    assertEquals("item 2", failure.getMessage());
  }

  private Lab lab(String runs) {
    return lab(runs, 1);
  }

  private Lab lab(String runs, int threads) {
    return new Lab(Size.SHORT, folder, threads, () -> RunDirectory.create(folder.resolve(runs)), "test", said::add);
  }

  @Test
  void everyExperiment_hasARecipeForEverySize_thatSuitsItsMethods() {
    List<String> ids = Reproduce.experiments().stream().map(Experiment::id).toList();
    assertTrue(ids.containsAll(List.of("cs-figure-2", "cs-table-3", "cs-table-4", "cs-figure-3", "cs-table-7",
        "cs-table-9", "cs-power-law", "sm3-lm", "sm3-batch", "sm3-translation", "sketchy-oco")), ids.toString());
    for (Experiment experiment : Reproduce.experiments()) {
      if (experiment instanceof TableExperiment table) {
        for (Size size : Size.values()) {
          Recipe recipe = table.recipes().apply(size);
          for (Method method : table.methods()) {
            LmOptions options = recipe.search(method.spec(), method.spec(), new Rates(1, 1), 1);
            assertTrue(options.length().steps(1) >= 1, experiment.id());
            int words = recipe.vocabulary() == 0 ? 33_278 : recipe.vocabulary();
            options.softmax().tensors(recipe.network(), words).stream().filter(TensorSpec::isTable)
                .forEach(tensor -> assertTrue(method.spec().bytes(tensor.shape().getShape()) > 0, method.optimizer()));
          }
          assertTrue(size != Size.SHORT || recipe.rates().size() >= 4, experiment.id() + ": rates of the search");
        }
      }
    }
  }

  @Test
  void table_allTensors_bothRates_andAGoalOfAnotherRow() throws IOException {
    List<Method> methods = List.of(Method.added("dense", "adam"), Method.added("other", "adagrad").withRatesTimes(10),
        Method.added("small", "adagrad v=row-wise").withRatesTimes(10).atMost(1e6, "other"));
    for (Comparison.Outcome outcome : Comparison.run(lab("all"), TOY, Scope.ALL_TENSORS, methods).outcomes()) {
      List<String> stages = outcome.tuning().searches().stream().map(RateSearch::stage).toList();
      assertEquals(List.of("one rate", "tables", "others"), stages.subList(0, 3));
    }
    Experiment experiment =
        new TableExperiment("toy", "a toy", "The paper.", "The scale.", Scope.ALL_TENSORS, size -> TOY, methods);
    String text = Files.readString(Reproduce.run(experiment, lab(), folder.resolve("out"), "test", "abc1234"));
    assertTrue(text.lines().anyMatch(line -> line.startsWith("| small: ") && line.contains("of other: ")
        && line.contains("| yes |")), text);
    assertTrue(text.lines().anyMatch(line -> line.startsWith("| small, others ") && line.contains(": ")), text);
  }

  @Test
  void batch_ofTheSavedBytes_isLarger() throws IOException {
    Experiment experiment = new BatchExperiment(size -> TOY, Method.added("small", "adam m=none,v=row-wise"));
    String text = Files.readString(Reproduce.run(experiment, lab(), folder.resolve("out"), "test", "abc1234"));
    assertTrue(text.lines().anyMatch(line -> line.matches("\\| small, batch x ([2-9]|\\d\\d+): .*")), text);
    assertEquals(4, text.lines().filter(line -> line.matches("\\| (Adam|small), batch x \\d+: .*")).count(), text);
  }

  @Test
  void text_missingFolder_isRefused() {
    Lab lab = new Lab(Size.SHORT, folder.resolve("nowhere"), 1,
        () -> RunDirectory.create(folder.resolve("r")), "test", said::add);
    assertThrows(IllegalArgumentException.class, () -> lab.text(0));
  }
}
