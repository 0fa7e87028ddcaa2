/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.rule.Rules;
import dev.sublinear.rule.UpdateRule;
import dev.sublinear.step.OptimizerSpec;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code plan}: exact bytes, and nothing allocated for them. */
final class PlanCommandTest {
  private static Typed plan(long rows, long cols, String optimizer, String... more) {
    String[] args = {"plan", "--rows", Long.toString(rows), "--cols", Long.toString(cols), "--optimizer", optimizer};
    String[] all = new String[args.length + more.length];
    System.arraycopy(args, 0, all, 0, args.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return Typed.sublinear(all);
  }

  private static JsonNode json(long rows, long cols, String optimizer) {
    Typed typed = plan(rows, cols, optimizer, "--json").ok();
    assertEquals("", typed.err());
    return JsonMapper.shared().readTree(typed.out());
  }

  @Test
  void adam_ofTheLargeTable_costsWhatTheDesignSays() {
    Typed typed = plan(49_500_000, 64, "adam").ok();
    assertEquals("", typed.err());
    assertTrue(typed.out().lines().anyMatch(line -> line.matches("m=dense,v=dense +25,344,000,000 +25\\.3 GB +100\\.0 %"
        + " +38\\.0 GB +(yes|no)")), typed.out());
  }

  @Test
  void json_hasTheSameFigures() {
    JsonNode plan = json(49_500_000, 64, "adam");
    assertEquals(49_500_000, plan.get("rows").asLong());
    assertEquals(64, plan.get("cols").asLong());
    assertEquals("adam", plan.get("optimizer").asString());
    assertEquals(12_672_000_000L, plan.at("/parameters/bytes").asLong());
    assertTrue(plan.at("/machine/memoryBytes").asLong() > 0);
    JsonNode dense = plan.get("layouts").get(0);
    assertEquals("m=dense,v=dense", dense.get("state").asString());
    assertEquals("dense", dense.at("/slots/v").asString());
    assertEquals(25_344_000_000L, dense.get("optimizerStateBytes").asLong());
    assertEquals(1.0, dense.get("denseFraction").asDouble());
    assertEquals(38_016_000_000L, dense.get("totalBytes").asLong());
    assertEquals(dense.get("totalBytes").asLong() <= plan.at("/machine/memoryBytes").asLong(),
        dense.get("fits").asBoolean());
  }

  @Test
  void everyRule_hasARowPerLegalChoice() {
    for (UpdateRule rule : Rules.all()) {
      Set<String> expected = new HashSet<>();
      OptimizerSpec.legal(rule).forEach(spec -> expected.add(spec.state()));
      Set<String> actual = new HashSet<>();
      json(3000, 8, rule.toString()).get("layouts").forEach(choice -> actual.add(choice.get("state").asString()));
      assertEquals(expected, actual, rule.name());
    }
  }

  @Test
  void layoutsOfTheUser_comeFirst() {
    JsonNode first = json(3000, 8, "adam m=none,v=count-min:0.05").get("layouts").get(0);
    assertEquals("m=none,v=count-min:0.05", first.get("state").asString());
    assertEquals(50 * 3 * 8 * 4, first.get("optimizerStateBytes").asLong());
  }

  @Test
  void layoutThatCannotHoldTheTable_saysWhy() {
    JsonNode sketch = null;
    for (JsonNode choice : json(5, 8, "adagrad").get("layouts")) {
      sketch = choice.get("state").asString().equals("v=count-min:0.2") ? choice : sketch;
    }
    assertFalse(sketch.has("optimizerStateBytes"));
    assertFalse(sketch.get("fits").asBoolean());
    assertTrue(sketch.get("reason").asString().contains("width 0"));
    assertTrue(plan(5, 8, "adagrad").ok().out().contains("cannot hold: "));
  }

  @Test
  void layoutsBeyondALong_areShownAmongTheOthers() {
    String[] lines = plan(Long.MAX_VALUE / 64, 8, "adam").ok().out().split("\n");
    assertTrue(Arrays.stream(lines).anyMatch(line -> line.matches("m=dense,v=dense +cannot hold: parameters and state"
        + " exceed 2\\^63 - 1 bytes")), lines[4]);
    assertTrue(Arrays.stream(lines).anyMatch(line -> line.matches("m=none,v=row-wise +[0-9,]+ .* no")), lines[4]);
  }

  @Test
  void badInput_isRefused() {
    assertTrue(plan(0, 8, "adam").oneLine(2).contains("--rows 0"));
    assertTrue(plan(8, -1, "adam").oneLine(2).contains("--cols -1"));
    assertTrue(plan(Long.MAX_VALUE / 16, 8, "adam").oneLine(2).contains("the parameters exceed 2^63 - 1 bytes"));
    assertTrue(plan(8, 8, "adam v=count-mint:0.2").oneLine(2).contains("did you mean 'count-min'?"));
    assertTrue(Typed.sublinear("plan", "--rows", "ten", "--cols", "1").oneLine(2).contains("'ten'"));
    assertTrue(Typed.sublinear("plan", "--rows", "10").oneLine(2).contains("--cols"));
  }
}
