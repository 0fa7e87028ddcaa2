/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HtmlReportTest {
  private static final Pattern DATA =
      Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL);

  private static JsonNode data(String html) {
    Matcher found = DATA.matcher(html);
    assertTrue(found.find());
    return JsonMapper.shared().readTree(found.group(1));
  }

  @Test
  void render_singleRun_holdsFiguresAndCurves() {
    String html = HtmlReport.render(new ReportRun("adam", SampleRuns.completed("c"), SampleRuns.metrics(3)));
    JsonNode data = data(html);
    JsonNode run = data.get("runs").get(0);
    assertEquals("148.41", data.get("headline").get(0).get("text").stringValue());
    assertEquals("[10,20,30]", run.get("curves").get("loss").get("x").toString());
    assertEquals("[30]", run.get("curves").get("score").get("x").toString());
    assertEquals("420 B", run.get("memory").get(0).get("state").get("text").stringValue());
    assertTrue(html.contains("Copyright (c) 2022 Leon Sorokin"));
    assertFalse(html.contains("{{"));
  }

  @Test
  void render_anyRun_onlyAddressIsInLicenceComment() {
    String html = HtmlReport.render(new ReportRun("adam", SampleRuns.completed("c"), SampleRuns.metrics(3)));
    String banner = "/*! https://github.com/leeoniya/uPlot (v1.6.32) */";
    assertTrue(html.contains(banner));
    String rest = html.replace(banner, "");
    assertFalse(rest.contains("http"), "an address outside the licence comment");
    assertFalse(rest.contains("//cdn") || rest.contains("@import") || rest.contains("url("));
  }

  @Test
  void render_hostileText_escapedAndKept() {
    String hostile = "</script><script>alert('1')</script> & \"{{data}}\" $1 \\ \u2028";
    Summary summary = SampleRuns.completed(hostile);
    String html = HtmlReport.render(hostile, List.of(new ReportRun(hostile, summary, List.of())));
    assertFalse(html.contains("<script>alert"));
    assertTrue(html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;{{data}}&quot; $1"));
    assertEquals(hostile, data(html).get("runs").get(0).get("label").stringValue());
    assertEquals(4, html.split("</script>", -1).length, "three script elements");
  }

  @Test
  void render_divergedRun_bannerAndNullPoints() {
    List<Metric> metrics = List.of(SampleRuns.train(1, 9), SampleRuns.train(2, Double.POSITIVE_INFINITY));
    JsonNode run = data(HtmlReport.render(new ReportRun("adam", SampleRuns.diverged(), metrics))).get("runs").get(0);
    assertTrue(run.get("diverged").stringValue().startsWith("diverged at step 7"));
    assertEquals("[9.0,null]", run.get("curves").get("loss").get("y").toString());
    assertEquals("[]", run.get("curves").get("score").get("x").toString());
    assertFalse(run.has("step"));
  }

  @Test
  void render_severalRuns_bestOfEachFigureMarkedAmongCompleted() {
    String html =
        HtmlReport.render(
            "compare",
            List.of(
                new ReportRun("a", SampleRuns.completed("c", 5.2), List.of()),
                new ReportRun("b", SampleRuns.diverged(), List.of()),
                new ReportRun("c", SampleRuns.completed("c", 5), List.of())));
    JsonNode runs = data(html).get("runs");
    assertFalse(runs.get(0).get("figures").get(0).get("best").booleanValue());
    assertEquals("–", runs.get(1).get("figures").get(0).get("text").stringValue());
    assertTrue(runs.get(2).get("figures").get(0).get("best").booleanValue());
    for (JsonNode run : runs) {
      assertFalse(run.get("figures").get(2).get("best").booleanValue(), "equal bytes: nothing to choose between");
    }
    assertTrue(html.contains("lstm on wordnet, up to 60 steps each"));
  }

  @Test
  void render_probedRun_errorsBySlot() {
    List<Metric> metrics = List.of(SampleRuns.probe(20, 0.25, -0.125), SampleRuns.probe(10, 0.5, Double.NaN));
    JsonNode probe = data(HtmlReport.render(new ReportRun("a", SampleRuns.completed("c"), metrics))).get("runs").get(0)
        .get("probe");
    assertEquals("{\"table\":\"input.table\",\"slot\":\"m\",\"error\":{\"x\":[10,20],\"y\":[0.5,0.25]},"
        + "\"relativeError\":\"0.250\",\"overEstimate\":\"-0.125\"}", probe.get(0).toString());
    assertEquals("[null,null]", probe.get(1).get("error").get("y").toString());
    assertEquals("–", probe.get(1).get("relativeError").stringValue());
    assertEquals("0", probe.get(1).get("overEstimate").stringValue());
    assertEquals(2, probe.size());
  }

  @Test
  void render_runWithoutProbe_noSlots() {
    String html = HtmlReport.render(new ReportRun("a", SampleRuns.completed("c"), SampleRuns.metrics(3)));
    assertEquals("[]", data(html).get("runs").get(0).get("probe").toString());
  }

  @Test
  void render_repeatedStep_laterPointKept() {
    List<Metric> metrics = List.of(SampleRuns.train(5, 3), SampleRuns.train(5, 2));
    JsonNode run = data(HtmlReport.render(new ReportRun("a", SampleRuns.completed("c"), metrics))).get("runs").get(0);
    assertEquals("[2.0]", run.get("curves").get("loss").get("y").toString());
  }

  @Test
  void render_noRun_refused() {
    assertThrows(IllegalArgumentException.class, () -> HtmlReport.render("compare", List.of()));
  }
}
