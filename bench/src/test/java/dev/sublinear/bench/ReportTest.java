/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.train.report.Machine;
import dev.sublinear.train.report.MarkdownTable;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What people and programs read. */
final class ReportTest {
  @Test
  void goal_isMetAtTheFigureItself() {
    assertEquals(true, Goal.atLeast("speed", 3, 3, "x").met());
    assertEquals(false, Goal.atLeast("speed", 3, 2.99, "x").met());
    assertEquals(true, Goal.atMost("bytes", 0, 0, "bytes").met());
    assertEquals(false, Goal.atMost("bytes", 0, 8, "bytes").met());
    assertNull(Goal.atMost("bytes", 0, Double.NaN, "bytes").orElse("no meter").met());
    assertEquals(true, Goal.atMost("bytes", 0, 0, "bytes").orElse("no meter").met());
  }

  @Test
  void json_hasGoalsBesideRawFigures_andNullWhereNothingWasMeasured() throws IOException {
    Findings findings = new Findings("One");
    findings.keep(new SideBySide(0, 3, 1).run("pair", "row", List.of(Contender.of("a", 5, () -> {}))));
    findings.figure("bytes", 12);
    List<Goal> goals = List.of(Goal.atLeast("speed", 3, 4.5, "x"),
        Goal.atMost("growth", 1.3, Double.NaN, "x").orElse("does not fit"));
    JsonNode json = JsonMapper.shared().readTree(
        new Report(Scale.TOY, 1.5, Machine.look(), "none", List.of(1), goals, List.of(findings)).json());
    JsonNode first = json.get("goals").get(0);
    assertEquals("speed", first.get("name").asString());
    assertEquals(3, first.get("goal").asDouble());
    assertEquals(4.5, first.get("measured").asDouble());
    assertEquals("x", first.get("unit").asString());
    assertTrue(first.get("met").asBoolean());
    JsonNode second = json.get("goals").get(1);
    assertTrue(second.get("measured").isNull() && second.get("met").isNull(), second.toString());
    assertEquals("does not fit", second.get("note").asString());
    JsonNode timing = json.get("sections").get(0).get("comparisons").get(0).get("timings").get(0);
    assertEquals(5, timing.get("units").asInt());
    assertEquals(3, timing.get("nanos").size());
    assertEquals(12, json.get("sections").get(0).get("figures").get("bytes").asInt());
    assertEquals("none", json.get("torch").asString());
  }

  @Test
  void table_isAlignedMarkdown() {
    assertEquals("""
        | pair   |  ns |
        |--------|----:|
        | a      | 1.0 |
        | bb bbb |  12 |
        """, new MarkdownTable("pair", "ns").row("a", "1.0").row("bb bbb", "12").render());
    assertThrows(IllegalArgumentException.class, () -> new MarkdownTable("a", "b").row("1"));
  }

  @Test
  void numbers_haveAboutThreeDigits() {
    assertEquals("0", Findings.number(0));
    assertEquals("0.0412", Findings.number(0.04123));
    assertEquals("0.684", Findings.number(0.6841));
    assertEquals("9.99", Findings.number(9.994));
    assertEquals("12.7", Findings.number(12.71));
    assertEquals("5,310", Findings.number(5310.4));
  }
}
