/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole way of {@code train image}, on 200 images of 8 x 8. */
final class TrainImageCommandTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir static Path directory;

  private static Path data;
  private static Typed first;

  @BeforeAll
  static void trainOnce() throws IOException {
    data = Files.createDirectory(directory.resolve("squares"));
    write("train", 200);
    write("t10k", 50);
    first = train("first", "--threads", "1").ok();
  }

  /** Images whose class tells in which half they are bright. */
  private static void write(String stem, int n) throws IOException {
    ByteBuffer images = ByteBuffer.allocate(16 + 64 * n).putInt(0x803).putInt(n).putInt(8).putInt(8);
    ByteBuffer labels = ByteBuffer.allocate(8 + n).putInt(0x801).putInt(n);
    for (int i = 0; i < n; i++) {
      labels.put((byte) (i % 2));
      for (int pixel = 0; pixel < 64; pixel++) {
        images.put((byte) (pixel / 32 == i % 2 ? 200 + (i + pixel) % 50 : (i * pixel) % 50));
      }
    }
    Files.write(data.resolve(stem + "-images-idx3-ubyte"), images.array());
    Files.write(data.resolve(stem + "-labels-idx1-ubyte"), labels.array());
  }

  private static Typed train(String out, String... more) {
    Map<String, String> defaults = new TreeMap<>(Map.of("--data", data.toString(), "--out",
        directory.resolve(out).toString(), "--width", "4", "--steps", "20", "--batch", "16", "--evaluations", "2"));
    defaults.keySet().removeAll(Arrays.asList(more));
    List<String> args = new ArrayList<>(List.of("train", "image"));
    defaults.forEach((option, value) -> args.addAll(List.of(option, value)));
    args.addAll(List.of(more));
    return Typed.sublinear(args.toArray(String[]::new));
  }

  private static JsonNode summary(String out) {
    return JSON.readTree(directory.resolve(out).resolve("summary.json"));
  }

  @Test
  void summary_saysLossAndErrorRate_andNoPerplexity() {
    JsonNode summary = summary("first");
    assertEquals("{\"name\":\"squares\",\"train\":180,\"validation\":20,\"test\":50,\"channels\":1,\"height\":8,"
        + "\"width\":8,\"classes\":2}", summary.get("images").toString());
    assertEquals("cnn", summary.at("/model/name").asString());
    assertEquals("adam", summary.get("optimizer").asString());
    for (String key : List.of("train/loss", "validation/loss", "test/loss", "throughput/examplesPerSecond",
        "bytes/optimizerState", "parametersSha256")) {
      assertFalse(summary.at("/" + key).isMissingNode(), key);
    }
    assertTrue(summary.at("/test/errorRate").asDouble() < 0.1, summary.get("test").toString());
    assertTrue(summary.at("/test/perplexity").isMissingNode());
    assertFalse(summary.has("corpus"));
  }

  @Test
  void output_isATableAndTwoPaths_progressSpeaksOfImages() {
    String[] lines = first.out().split("\n");
    assertTrue(lines[0].startsWith("validation error"), first.out());
    assertEquals("run:    " + directory.resolve("first"), lines[lines.length - 2]);
    assertEquals("report: " + directory.resolve("first/report.html"), lines[lines.length - 1]);
    assertTrue(first.err().startsWith("squares: 180 train images of 8 x 8, 2 classes"), first.err());
    assertTrue(first.err().contains("step 20/20: validation error "), first.err());
  }

  @Test
  void sameSeed_anyThreads_sameParameters_resnetToo() {
    assertEquals("", train("second", "--threads", "2", "--quiet").ok().err());
    assertEquals(summary("first").get("parametersSha256"), summary("second").get("parametersSha256"));
    train("resnet", "--model", "resnet", "--epochs", "1", "--steps", "3").oneLine(2);
    train("third", "--model", "resnet", "--steps", "3", "--optimizer", "adam v=bf16", "--quiet").ok();
    assertEquals("resnet", summary("third").at("/model/name").asString());
    assertEquals("m=dense,v=bf16", summary("third").get("state").asString());
  }

  @Test
  void divergedRun_endsWithOne() {
    Typed typed = train("diverged", "--optimizer", "sgd", "--lr", "1e30", "--clip", "none", "--quiet");
    assertEquals(1, typed.code(), typed.err());
    assertTrue(typed.err().contains("not finite at step "), typed.err());
    assertTrue(summary("diverged").get("status").asString().startsWith("diverged at step "));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      --model rsnet                   | --model: unknown model 'rsnet': did you mean 'resnet'?
      --model resnet --width 6        | --width 6: must be a multiple of 4
      --width 0                       | --width 0: must be >= 1
      --width 1000000000              | a smaller --batch or --width needs less
      --batch 0                       | --batch 0: must be >= 1
      --optimizer adm                 | --optimizer: unknown optimizer 'adm': did you mean 'adam'?
      --lr NaN                        | --lr NaN: must be a number above 0
      --steps 0                       | --steps 0: must be >= 1
      --steps 9 --epochs 1            | --steps 9 and --epochs 1.0: give one of them
      --threads 0                     | --threads 0: must be in 1..1024
      --data nowhere                  | data nowhere: no such folder; a folder of images has train-images-idx3-ubyte
      --dense-lr 1                    | unknown option '--dense-lr'
      """)
  void badOption_exitsWithTwoAndWritesNothing(String typed, String expected) {
    String line = train("refused", typed.split(" ")).oneLine(2);
    assertTrue(line.contains(expected), line);
    assertFalse(Files.exists(directory.resolve("refused")));
  }

  @Test
  void damagedFile_isNamed() throws IOException {
    Path damaged = Files.createDirectory(directory.resolve("damaged"));
    Files.write(damaged.resolve("train-images-idx3-ubyte"), new byte[20]);
    Files.write(damaged.resolve("train-labels-idx1-ubyte"), new byte[20]);
    String line = train("refused", "--data", damaged.toString()).oneLine(2);
    assertTrue(line.contains(damaged.resolve("train-images-idx3-ubyte") + ": begins with 00000000"), line);
    assertTrue(Typed.sublinear("train", "image").oneLine(2).contains("--data"));
  }
}
