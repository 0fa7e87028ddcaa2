/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.matrix.online.OnlineMethod;
import dev.sublinear.matrix.online.OnlineMethods;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code oco}: what it prints and what it refuses; what the methods do is for their modules' tests to say. */
final class OcoCommandTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void writeExamples() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < 60; row++) {
      text.append(row % 3 == 0 ? "+1" : "-1").append(' ').append(1 + row % 3).append(":1 4:").append(0.1 * (row % 7))
          .append('\n');
    }
    file = Files.writeString(directory.resolve("examples"), text);
  }

  private Typed oco(String... more) {
    List<String> args = new ArrayList<>(List.of("oco", "--data", file.toString()));
    args.addAll(List.of(more));
    return Typed.sublinear(args.toArray(String[]::new));
  }

  private static JsonNode json(Typed typed) {
    assertEquals("", typed.ok().err());
    return JsonMapper.shared().readTree(typed.out());
  }

  @Test
  void json_isOneFlatObject_forEveryMethod() {
    for (OnlineMethod method : OnlineMethods.all()) {
      JsonNode pass = json(oco("--algorithm", method.name(), "--sketch", "3", "--lr", "0.1", "--delta", "1", "--json"));
      assertEquals(List.of("algorithm", "rows", "features", "loss", "errorRate", "seconds"),
          List.copyOf(pass.propertyNames()));
      assertEquals(method.name(), pass.get("algorithm").asString());
      assertEquals(60, pass.get("rows").asInt());
      assertEquals(4, pass.get("features").asInt());
      assertTrue(pass.get("loss").asDouble() > 0.1 && pass.get("loss").asDouble() < Math.log(2), pass.toString());
      assertTrue(pass.get("errorRate").asDouble() > 0 && pass.get("errorRate").asDouble() < 0.5, pass.toString());
      assertTrue(pass.get("seconds").asDouble() > 0);
    }
    assertFalse(Files.exists(Path.of("runs")), "a run directory of nothing");
  }

  @Test
  void firstRow_isPredictedBeforeTheStep() throws IOException {
    file = Files.writeString(directory.resolve("one"), "1 1:3\n");
    JsonNode pass = json(oco("--algorithm", "ogd", "--lr", "1", "--json"));
    assertEquals(Math.log(2), pass.get("loss").asDouble(), 1e-15);
    assertEquals(1, pass.get("errorRate").asDouble());
  }

  @Test
  void optionsThatAMethodDoesNotUse_areIgnored() {
    double plain = json(oco("--algorithm", "ogd", "--lr", "1", "--json")).get("loss").asDouble();
    double sketch = json(oco("--algorithm", "ogd", "--lr", "1", "--sketch", "-7", "--json")).get("loss").asDouble();
    assertEquals(plain, sketch);
    double grid = json(oco("--algorithm", "ogd", "--grid", "--json")).get("loss").asDouble();
    assertEquals(grid, json(oco("--algorithm", "ogd", "--grid", "--lr", "-1", "--json")).get("loss").asDouble());
    assertTrue(grid <= plain, "1 is one of the rates of the grid");
  }

  @Test
  void grid_findsTheBest() {
    JsonNode best = json(oco("--algorithm", "fd-son", "--sketch", "2", "--grid", "--json"));
    String lr = best.get("lr").asString();
    String delta = best.get("delta").asString();
    JsonNode again = json(oco("--algorithm", "fd-son", "--sketch", "2", "--lr", lr, "--delta", delta, "--json"));
    assertEquals(again.get("loss"), best.get("loss"));
    Typed table = oco("--algorithm", "fd-son", "--sketch", "2", "--grid").ok();
    assertTrue(table.out().startsWith("examples: 60 rows, 4 features and a bias\nthe best 5 of 49 settings\n"),
        table.out());
    assertEquals(5, table.out().lines().filter(line -> line.startsWith("fd-son ")).count(), table.out());
  }

  @Test
  void table_hasTheLoss() {
    Typed typed = oco("--algorithm", "s-adagrad", "--sketch", "6", "--lr", "0.5").ok();
    assertEquals("", typed.err());
    assertTrue(typed.out().lines().anyMatch(line -> line.matches("s-adagrad +6 +0\\.500000 +0\\.00 +0\\.\\d{9} .*")),
        typed.out());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      --algorithm s-adagrat --lr 1             | --algorithm: unknown algorithm 's-adagrat': did you mean 's-adagrad'?
      --algorithm ogd                          | --lr is missing
      --algorithm ogd --lr 0                   | --lr 0.0: must be a finite number above 0
      --algorithm ogd --lr -1                  | --lr -1.0: must be
      --algorithm ogd --lr NaN                 | --lr NaN: must be
      --algorithm ogd --lr Infinity            | --lr Infinity: must be
      --algorithm ogd --lr fast                | 'fast' is not a number
      --algorithm s-adagrad --lr 1 --sketch 0  | --sketch 0: must be in 1..d + 1
      --algorithm s-adagrad --lr 1 --sketch 7  | --sketch 7: must be in 1..6, which is d + 1 for d = 5 weights, a bias included
      --algorithm fd-son --lr 1 --sketch 9 --delta 1 | --sketch 9: must be in 1..6
      --algorithm rfd-son --sketch 7 --grid    | --sketch 7: must be in 1..6
      --algorithm ada-fd --lr 1                | --delta 0.0: must be a finite number above 0, because ada-fd divides by it
      --algorithm fd-son --lr 1 --delta -1     | --delta -1.0: must be a finite number above 0
      --algorithm s-adagrad --lr 1 --delta -1  | --delta -1.0: must be a finite number >= 0
      --algorithm adagrad --lr 1 --delta NaN   | --delta NaN: must be
      --algorithm ogd --lr 1 --seed 1          | unknown option '--seed'
      --lr 1                                   | --algorithm
      """)
  void badOption_isRefusedInOneLine(String typed, String expected) {
    String line = oco(typed.split(" ")).oneLine(2);
    assertTrue(line.contains(expected), line);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      0.5 1:1  | line 2: label '0.5': must be 0 or 1
      spam 1:1 | line 2: label 'spam'
      1 1:nan  | line 2: value 'nan' of feature 1: must be a finite number
      1 0:1    | line 2: index '0'
      """)
  void badData_isRefusedWithFileAndLine(String row, String expected) throws IOException {
    file = Files.writeString(directory.resolve("bad"), "0 1:1\n" + row + "\n");
    String line = oco("--algorithm", "ogd", "--lr", "1").oneLine(2);
    assertTrue(line.contains(file + ", " + expected), line);
  }

  @Test
  void runawayPass_exits1_andSaysSo() throws IOException {
    file = Files.writeString(directory.resolve("large"), "1 1:1e200\n0 1:1e200\n1 1:1e200\n");
    Typed typed = oco("--algorithm", "ogd", "--lr", "1", "--json");
    assertEquals(1, typed.code());
    assertTrue(typed.err().contains("not finite"), typed.err());
    assertTrue(JsonMapper.shared().readTree(typed.out()).get("loss").isNull(), typed.out());
  }

  @Test
  void missingFile_isRefused() {
    file = directory.resolve("nowhere");
    assertTrue(oco("--algorithm", "ogd", "--lr", "1").oneLine(2).contains("data " + file + ": no such file"));
  }
}
