/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole way of {@code compare lm}. */
final class CompareLmCommandTest {
  @TempDir static Path directory;

  private static Path corpus;

  @BeforeAll
  static void writeCorpus() throws IOException {
    corpus = Typed.corpus(directory);
  }

  private static Typed compare(String out, String... more) {
    return Typed.small("compare lm", corpus, directory.resolve(out), more);
  }

  private static JsonNode summary(String run) {
    return JsonMapper.shared().readTree(directory.resolve(run).resolve("summary.json"));
  }

  @Test
  void compare_givesOneTableAndOneReport() throws IOException {
    Typed typed = compare("both", "--optimizers", "adam; adam m=none,v=row-wise", "--quiet").ok();
    assertEquals("", typed.err());
    String[] lines = typed.out().split("\n");
    assertTrue(lines[2].startsWith("adam ") && lines[3].startsWith("adam m=none,v=row-wise "), typed.out());
    assertTrue(lines[4].startsWith("(word counts alone)"), typed.out());
    assertEquals("report: " + directory.resolve("both/report.html"), lines[lines.length - 1]);
    assertTrue(Files.readString(directory.resolve("both/report.html")).contains("adam m=none,v=row-wise"));
    assertEquals("m=dense,v=dense", summary("both/1-adam").get("state").asString());
    assertEquals("m=none,v=row-wise", summary("both/2-adam-m-none-v-row-wise").get("state").asString());
  }

  @Test
  void aRunOfCompare_equalsTheSameRunAlone() {
    compare("pair", "--optimizers", "adagrad;adam v=count-min:0.2", "--steps", "5", "--probe", "3").ok();
    assertEquals(4, summary("pair/2-adam-v-count-min-0.2").get("probe").size());
    Typed.small("train lm", corpus, directory.resolve("alone"), "--optimizer", "adam v=count-min:0.2", "--steps", "5")
        .ok();
    assertEquals(summary("alone").get("parametersSha256"),
        summary("pair/2-adam-v-count-min-0.2").get("parametersSha256"));
  }

  @Test
  void divergedRun_isShownAndTheOthersGoOn() throws IOException {
    Typed typed = compare("one", "--optimizers", "sgd;adam", "--lr", "1e30;0.002", "--clip", "none", "--quiet");
    assertEquals(1, typed.code(), typed.err());
    assertEquals(1, typed.err().lines().count(), typed.err());
    assertTrue(typed.err().startsWith("sublinear: 1 of 2 runs diverged: 'sgd': "), typed.err());
    assertTrue(typed.out().contains("sgd") && typed.out().contains("adam"), typed.out());
    assertEquals("completed", summary("one/2-adam").get("status").asString());
    assertTrue(Files.readString(directory.resolve("one/report.html")).contains("diverged at step"));
  }

  @Test
  void sameOptimizerTwice_isToldApartByItsRate() {
    compare("rates", "--optimizers", "adam;adam", "--lr", "0.001;0.01", "--steps", "1").ok();
    assertEquals(0.01, summary("rates/2-adam-lr-0.01").at("/model/learningRate").asDouble(), 1e-7);
  }

  @Test
  void badLists_areRefused() {
    assertTrue(compare("x", "--optimizers", "adam;;sgd").oneLine(2).contains("an empty part"));
    assertTrue(compare("x", "--optimizers", "adam;adm").oneLine(2).contains("did you mean 'adam'?"));
    assertTrue(compare("x", "--optimizers", "adam;sgd", "--lr", "1;2;3").oneLine(2).contains("3 rates for 2"));
    assertTrue(compare("x", "--optimizers", "adam", "--lr", "fast").oneLine(2).contains("--lr 'fast'"));
    assertTrue(compare("x").oneLine(2).contains("--optimizers"));
  }
}
