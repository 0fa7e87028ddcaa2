/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.train.data.ImageCorpus;
import dev.sublinear.train.data.ImageSet;
import dev.sublinear.train.data.SharedData;
import dev.sublinear.train.model.CnnConfig;
import dev.sublinear.train.model.ImageConfig;
import dev.sublinear.train.model.ImageShape;
import dev.sublinear.train.model.ResNetConfig;
import dev.sublinear.train.report.ReportRun;
import dev.sublinear.train.report.RunDirectory;
import dev.sublinear.train.report.Summary;
import dev.sublinear.train.report.TerminalReport;
import dev.sublinear.train.report.ValidationMetric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageTrainingTest {
  @TempDir Path folder;

  /** Noise with a bright quarter, which is the class. */
  private static ImageSet images(int n, long stream) {
    long key = CounterRandom.key(5, stream, 0);
    byte[] pixels = new byte[64 * n];
    for (int i = 0; i < pixels.length; i++) {
      int quarter = i / 32 % 2 * 2 + i / 4 % 2;
      long noise = CounterRandom.below(key, i, 150);
      pixels[i] = (byte) (quarter == i / 64 % 4 ? noise + 100 : noise);
    }
    return new ImageSet(List.of("a", "b", "c", "d"), 1, 8, 8, pixels, IntStream.range(0, n).map(i -> i % 4).toArray());
  }

  private static ImageCorpus corpus() {
    return new ImageCorpus("quarters", images(300, 1), images(60, 2), images(100, 3));
  }

  private static ImageOptions options(ImageConfig network, String spec, float rate, long steps) {
    OptimizerSpec optimizer = OptimizerSpec.parse(spec);
    return new ImageOptions(network, 32, new LmOptions.Optimization(optimizer, optimizer, rate, rate,
        Schedule.parse("linear"), 1), new LmOptions.Length(steps, 0, 3, 0), 5);
  }

  private ReportRun run(ImageOptions options, String name, int threads) {
    Summary.Setup setup = new Summary.Setup("test", 5, "adam", "m=dense,v=dense", "scalar", "test");
    try (ImageTraining training = new ImageTraining(options, corpus(), threads, new TrainingListener() {})) {
      return training.run("toy", setup, RunDirectory.create(folder.resolve(name)));
    }
  }

  @Test
  void run_quarters_areLearntByBothNetworks_andReported() throws IOException {
    for (ImageConfig network : List.of(new CnnConfig(4), new ResNetConfig(4))) {
      ReportRun run = run(options(network, "adam", 0.01f, 60), network.name(), 2);
      Summary.Score test = run.summary().scores().test();
      assertNotNull(test);
      assertTrue(test.errorRate() < 0.1, network.name() + " errs in " + test.errorRate()); // guessing errs in 0.75
      assertEquals(2 * run.summary().bytes().parameters(), run.summary().bytes().optimizerState());
      assertEquals(List.of(20L, 40L, 60L),
          run.metrics(ValidationMetric.class).stream().map(metric -> metric.at().step()).toList());
      String table = TerminalReport.summary(run);
      assertTrue(table.startsWith("validation error") && table.contains("test error") && table.contains("images/s")
          && !table.contains("ppl"), table);
      String html = Files.readString(folder.resolve(network.name()).resolve("report.html"));
      assertTrue(html.contains("nats per image") && html.contains("Validation error") && !html.contains("perplexity<"));
    }
  }

  @Test
  void run_lastBatchOfAnEpochIsShort_countsItsImages() throws IOException {
    run(options(new CnnConfig(1), "sgd", 0.01f, 10), "short", 1); // 9 batches of 32 and one of 12
    String metrics = Files.readString(folder.resolve("short").resolve("metrics.jsonl"));
    assertTrue(metrics.contains("\"step\":10,\"epoch\":1.0,\"images\":300,\"seconds\":"), metrics);
    assertTrue(metrics.contains("\"imagesPerSecond\":") && metrics.contains("\"errorRate\":"), metrics);
    assertTrue(!metrics.contains("tokens") && !metrics.contains("perplexity"), metrics);
  }

  @Test
  void run_anyThreads_sameParameters() {
    for (ImageConfig network : List.of(new CnnConfig(4), new ResNetConfig(4))) {
      List<String> hashes = new ArrayList<>();
      for (int threads : new int[] {1, 2, 3}) {
        Summary summary = run(options(network, "momentum", 0.05f, 12), network.name() + threads, threads).summary();
        hashes.add(summary.outcome().parametersSha256() + " " + summary.scores());
      }
      assertEquals(1, hashes.stream().distinct().count(), hashes.toString());
    }
  }

  @Test
  void run_hugeRate_diverges_andSaysSo() {
    Summary summary = run(options(new CnnConfig(4), "sgd", 1e30f, 30), "d", 1).summary();
    assertNotNull(summary.outcome().divergedAtStep());
    assertEquals(null, summary.scores().test());
  }

  @Test
  void bytes_areThoseOfWeightsGradientsStateAndActivations() {
    // 9 n + n + 18 n^2 + 2 n + 64 n^2 + 8 n + 32 n + 4 parameters with n = 1: 138; adam: five of each.
    assertEquals(4 * (5 * 138 + 32 * (64 + 64 + 32 + 8)),
        ImageMemory.bytes(options(new CnnConfig(1), "adam", 1, 1), new ImageShape(1, 8, 8, 4)));
  }

  @Test
  void check_trainingThatDoesNotFit_namesTheRemedy() {
    for (ImageConfig network : List.of(new CnnConfig(1 << 30), new ResNetConfig(1 << 30))) {
      ImageOptions options = options(network, "adam", 1, 1);
      String message = assertThrows(IllegalArgumentException.class, () -> ImageTraining.check(options, corpus()))
          .getMessage();
      assertTrue(message.endsWith("; a smaller --batch or --width needs less"), message);
    }
  }

  @Test
  void options_outOfRange_sayWhatIsLegal() {
    ImageOptions good = options(new CnnConfig(1), "adam", 1, 1);
    assertEquals("batch 0: must be >= 1", assertThrows(IllegalArgumentException.class,
        () -> new ImageOptions(good.network(), 0, good.optimization(), good.length(), 1)).getMessage());
    assertEquals("probe 2: must be 0, a network for images has no probes", assertThrows(IllegalArgumentException.class,
        () -> new ImageOptions(good.network(), 1, good.optimization(), new LmOptions.Length(1, 0, 1, 2), 1))
        .getMessage());
  }

  @Test
  void run_mnist_oneEpoch_isLearnt() throws IOException {
    ImageCorpus mnist = ImageCorpus.open(SharedData.path("mnist"), 5);
    ImageOptions options = options(new CnnConfig(8), "adam", 0.005f, 280); // batches of 32
    Summary.Setup setup = new Summary.Setup("test", 5, "adam", "m=dense,v=dense", "scalar", "test");
    try (ImageTraining training = new ImageTraining(options, mnist, 2, new TrainingListener() {})) {
      Summary.Score test = training.run("mnist", setup, RunDirectory.create(folder.resolve("mnist"))).summary().scores()
          .test();
      assertNotNull(test);
      assertTrue(test.errorRate() < 0.08, "errs in " + test.errorRate());
    }
  }
}
