/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole way of {@code train lm}, on a text of 700 lines. */
final class TrainLmCommandTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String SKETCHES = "adam m=count-sketch:0.2,v=count-min:0.2";

  @TempDir static Path directory;

  private static Path corpus;
  private static Typed first;
  private static JsonNode summary;

  @BeforeAll
  static void trainOnce() throws IOException {
    corpus = Typed.corpus(directory);
    first = train("first", "--optimizer", SKETCHES, "--threads", "1").ok();
    summary = summary("first");
  }

  private static Typed train(String out, String... more) {
    return Typed.small("train lm", corpus, directory.resolve(out), more);
  }

  private static JsonNode summary(String out) {
    return JSON.readTree(directory.resolve(out).resolve("summary.json"));
  }

  @Test
  void summary_hasTheKeysThatMustStay() {
    for (String key : List.of("command", "seed", "steps", "optimizer", "state", "parametersSha256", "bytes.parameters",
        "bytes.optimizerState", "bytes.optimizerStateDense", "bytes.tables.optimizerState",
        "bytes.tables.optimizerStateDense", "train.loss", "validation.loss", "validation.perplexity", "test.loss",
        "test.perplexity", "throughput.examplesPerSecond", "throughput.stepMillisMedian",
        "throughput.optimizerMillisMedian", "peakRssBytes", "kernels", "version")) {
      assertFalse(summary.at("/" + key.replace('.', '/')).isMissingNode(), key);
    }
    assertTrue(summary.get("command").asString().startsWith("./sublinear train lm --batch 4 "));
    assertEquals("adam", summary.get("optimizer").asString());
    assertEquals("m=count-sketch:0.2,v=count-min:0.2", summary.get("state").asString());
    assertEquals(20, summary.get("steps").asLong());
    assertFalse(summary.get("version").asString().contains("$"));
  }

  @Test
  void tables_withSketchesOfAFifth_takeAFifth() {
    JsonNode tables = summary.at("/bytes/tables");
    double ratio = tables.get("optimizerState").asDouble() / tables.get("optimizerStateDense").asDouble();
    assertEquals(0.2, ratio, 0.002);
  }

  @Test
  void metrics_haveALinePerStepAndTheValidations() throws IOException {
    List<JsonNode> lines = Files.readAllLines(directory.resolve("first/metrics.jsonl")).stream().map(JSON::readTree)
        .toList();
    assertEquals(20, lines.stream().filter(line -> line.has("loss")).count());
    assertEquals(List.of(10L, 20L), lines.stream().filter(line -> line.has("validation"))
        .map(line -> line.get("step").asLong()).toList());
    assertEquals(summary.at("/validation/loss"), lines.getLast().at("/validation/loss"));
  }

  @Test
  void report_isThere() throws IOException {
    String html = Files.readString(directory.resolve("first/report.html"));
    assertTrue(html.contains("count-sketch:0.2") && html.contains("train lm --batch 4"));
  }

  @Test
  void stdout_isATableAndTwoPaths() {
    String[] lines = first.out().split("\n");
    assertTrue(lines[0].startsWith("validation ppl") && lines[0].contains("word counts alone: "), first.out());
    assertTrue(first.out().contains("saved"), first.out());
    assertEquals("run:    " + directory.resolve("first"), lines[lines.length - 2]);
    assertEquals("report: " + directory.resolve("first/report.html"), lines[lines.length - 1]);
    assertTrue(first.err().contains("step 20/20: validation perplexity "), first.err());
  }

  @Test
  void terminal_showsABar() {
    String err = Typed.small("watched train lm", corpus, directory.resolve("bar"), "--optimizer", "adam").ok().err();
    assertTrue(err.contains("\rtraining 100%") && err.contains("20/20") && err.contains("ppl "), err);
  }

  @Test
  void sameSeed_anyThreads_sameLossesAndSameParameters() {
    assertEquals("", train("second", "--optimizer", SKETCHES, "--threads", "2", "--quiet").ok().err());
    JsonNode second = summary("second");
    for (String key : List.of("train", "validation", "test", "parametersSha256", "bytes")) {
      assertEquals(summary.get(key), second.get(key), key);
    }
    train("third", "--optimizer", SKETCHES, "--seed", "2").ok();
    assertFalse(summary.get("parametersSha256").equals(summary("third").get("parametersSha256")));
  }

  /** The table of 3000 words has 5 probed rows; a sketch of a fifth errs, a dense slot does not. */
  @Test
  void probe_changesNothingAndSaysHowFarOffTheTablesAre() throws IOException {
    train("probe", "--optimizer", SKETCHES, "--probe", "5", "--threads", "2").ok();
    assertEquals(summary.get("parametersSha256"), summary("probe").get("parametersSha256"));
    assertEquals(summary.get("bytes"), summary("probe").get("bytes"));
    assertFalse(summary.has("probe"));
    List<JsonNode> lines = Files.readAllLines(directory.resolve("probe/metrics.jsonl")).stream().map(JSON::readTree)
        .filter(line -> line.has("probe")).toList();
    assertEquals(20, lines.size());
    JsonNode last = lines.getLast().get("probe");
    assertEquals(last, summary("probe").get("probe"));
    assertEquals(List.of("input.table m", "input.table v", "output.table m", "output.table v"), last.valueStream()
        .map(error -> error.get("table").asString() + " " + error.get("slot").asString()).toList());
    assertTrue(last.get(3).get("relativeError").asDouble() > 0, last.toString());
    assertTrue(Files.readString(directory.resolve("probe/report.html")).contains("\"probe\":[{\"table\""));
    train("exact", "--optimizer", "adam m=none", "--probe", "5", "--steps", "3").ok();
    JsonNode exact = summary("exact").get("probe");
    assertEquals("{\"table\":\"input.table\",\"slot\":\"v\",\"relativeError\":0.0,\"overEstimate\":0.0}",
        exact.get(0).toString());
    assertEquals(2, exact.size());
  }

  @Test
  void state_overridesTheSlots() {
    train("state", "--optimizer", SKETCHES, "--state", "m=none", "--steps", "1", "--dense-optimizer", "sgd").ok();
    assertEquals("m=none,v=count-min:0.2", summary("state").get("state").asString());
    assertEquals("sgd", summary("state").at("/model/denseOptimizer").asString());
  }

  /** 60 steps of each rule of whole tensors, beside a run whose other tensors stay where they are. */
  @Test
  void denseOptimizer_ofWholeTensors_trains() {
    train("still", "--optimizer", "adam", "--steps", "60", "--dense-optimizer", "sgd", "--dense-lr", "1e-12").ok();
    double still = summary("still").at("/validation/loss").asDouble();
    for (String rule : List.of("shampoo:merge=1", "s-shampoo:rank=4:merge=1")) {
      String out = rule.substring(0, rule.indexOf(':'));
      train(out, "--optimizer", "adam", "--steps", "60", "--dense-optimizer", rule, "--threads", "2").ok();
      assertEquals(rule, summary(out).at("/model/denseOptimizer").asString());
      assertTrue(summary(out).at("/validation/loss").asDouble() < still, rule);
    }
    // Beside tables of the same size, 4 k (n + m) bytes and more for the sketches of n x m, 8 (n^2 + m^2) for the
    // whole.
    JsonNode sketched = summary("s-shampoo").get("bytes");
    JsonNode whole = summary("shampoo").get("bytes");
    long saved = 0;
    for (long rows : new long[] {64, 64, 16}) { // both weights of the LSTM, and the projection
      saved += 8 * (rows * rows + 16 * 16) - 4 * (4 * (rows + 16) + 2 * (2 * 4 + 2));
    }
    assertEquals(saved, whole.get("optimizerState").asLong() - sketched.get("optimizerState").asLong());
    assertEquals(whole.get("optimizerState").asLong(), sketched.get("optimizerStateDense").asLong());
  }

  @Test
  void softmaxNotGiven_smallVocabulary_isFull() throws IOException {
    Path few = Files.writeString(directory.resolve("few.txt"), "a b c d e f g h\n".repeat(60));
    Typed.sublinear("train", "lm", "--corpus", few.toString(), "--out", directory.resolve("few").toString(), "--batch",
        "2", "--bptt", "5", "--steps", "2", "--embedding", "4", "--hidden", "4", "--projection", "4", "--optimizer",
        "adam", "--tied").ok();
    assertEquals("full", summary("few").at("/model/softmax").asString());
  }

  private static JsonNode transformer(String out, String... more) {
    List<String> args = new ArrayList<>(List.of("train", "lm", "--corpus", corpus.toString(), "--out",
        directory.resolve(out).toString(), "--model", "transformer", "--embedding", "16", "--layers", "1", "--batch",
        "4", "--steps", "3", "--quiet", "--dropout", "0.1", "--softmax", "adaptive:300"));
    args.addAll(List.of(more));
    Typed.sublinear(args.toArray(String[]::new)).ok();
    return summary(out);
  }

  @Test
  void transformerWithAdaptiveSoftmax_trainsAndSaysWhatItIs() {
    JsonNode model = transformer("t1", "--threads", "1").get("model");
    assertEquals("transformer", model.get("name").asString());
    assertEquals("adaptive:300", model.get("softmax").asString());
    assertEquals(64, model.get("bptt").asInt());
    assertEquals(64, model.get("feedForward").asInt());
    assertEquals("learned", model.get("positions").asString());
    assertEquals(summary("t1").get("parametersSha256"), transformer("t2", "--threads", "2").get("parametersSha256"));
    assertEquals("rotary", transformer("t3", "--positions", "rotary").at("/model/positions").asString());
  }

  @Test
  void divergedInTheLastStep_isSeenByTheEvaluation() {
    Typed typed = train("last", "--optimizer", "sgd", "--lr", "1e30", "--clip", "none", "--quiet", "--steps", "1");
    assertEquals(1, typed.code(), typed.out());
    assertTrue(typed.err().contains("not finite at step 1: "), typed.err());
    assertEquals("diverged at step 1", summary("last").get("status").asString());
    assertEquals(1, summary("last").get("steps").asLong());
    assertTrue(Files.exists(directory.resolve("last/report.html")));
  }

  @Test
  void divergedRun_endsWithOneNamingTheStepAndKeepsItsFiles() throws IOException {
    Typed typed = train("diverged", "--optimizer", "sgd", "--lr", "1e30", "--clip", "none", "--quiet");
    assertEquals(1, typed.code(), typed.err());
    assertEquals(1, typed.err().lines().count(), typed.err());
    String status = summary("diverged").get("status").asString();
    assertTrue(status.startsWith("diverged at step "), status);
    long done = summary("diverged").get("steps").asLong();
    assertEquals("diverged at step " + (done + 1), status);
    assertTrue(typed.err().contains(status.substring("diverged at ".length()) + ":"), typed.err());
    assertTrue(typed.err().contains(directory.resolve("diverged").toString()), typed.err());
    try (Stream<Path> files = Files.list(directory.resolve("diverged"))) {
      assertEquals(List.of("metrics.jsonl", "report.html", "summary.json"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }
}
