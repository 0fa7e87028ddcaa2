/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.train.data.ParallelCorpus;
import dev.sublinear.train.data.ParallelText;
import dev.sublinear.train.model.TranslationConfig;
import dev.sublinear.train.report.ReportRun;
import dev.sublinear.train.report.RunDirectory;
import dev.sublinear.train.report.Summary;
import dev.sublinear.train.report.ValidationMetric;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TranslationTrainingTest {
  private static final TranslationConfig NETWORK = new TranslationConfig(16, 1, 2, 32, 6);

  @TempDir Path folder;

  /** Sentences of three or four words, which are translated one by one. */
  private static ParallelCorpus corpus() {
    long key = CounterRandom.key(9, 9, 9);
    List<ParallelText.Line> lines = new ArrayList<>();
    for (long i = 0; i < 400; i++) {
      long[] words = LongStream.range(8 * i, 8 * i + 3 + i % 2).map(k -> CounterRandom.below(key, k, 12)).toArray();
      lines.add(new ParallelText.Line(LongStream.of(words).mapToObj(w -> "f" + w).collect(Collectors.joining(" ")),
          LongStream.of(words).mapToObj(w -> "E" + w).collect(Collectors.joining(" "))));
    }
    return ParallelCorpus.of(new ParallelText("toy", lines), new ParallelCorpus.Limits(12, 5, 20));
  }

  private static TranslationOptions options(String spec, float rate, long steps) {
    OptimizerSpec optimizer = OptimizerSpec.parse(spec);
    return new TranslationOptions(NETWORK, 100, new LmOptions.Optimization(optimizer, optimizer, rate, rate,
        Schedule.parse("linear:warmup=10"), 1), new LmOptions.Length(steps, 0, 3, 0), 5);
  }

  private ReportRun run(TranslationTraining training, String name) {
    Summary.Setup setup = new Summary.Setup("test", 5, "adam", "m=dense", "scalar", "test");
    return training.run("toy", setup, RunDirectory.create(folder.resolve(name)));
  }

  @Test
  void run_wordByWord_isLearnt_translated_andWritten() {
    ParallelCorpus corpus = corpus();
    try (TranslationTraining training = new TranslationTraining(options("adam", 0.01f, 150), corpus, 2)) {
      ReportRun run = run(training, "a");
      List<ValidationMetric> validations = run.metrics(ValidationMetric.class);
      assertEquals(List.of(50L, 100L, 150L), validations.stream().map(metric -> metric.at().step()).toList());
      Summary.Score last = run.summary().scores().validation();
      assertNotNull(last);
      assertTrue(last.loss() < 1.2, "loss " + last.loss()); // word counts alone reach about 2.1
      assertTrue(last.loss() < validations.getFirst().validation().loss());
      assertEquals(2 * run.summary().bytes().parameters(), run.summary().bytes().optimizerState());
      assertTrue(Files.exists(folder.resolve("a").resolve("report.html")));
      List<String> lines = training.translate(corpus.test().stream().map(ParallelCorpus.TestSentence::source).toList());
      assertEquals(20, lines.size());
      assertTrue(lines.stream().allMatch(line -> line.matches("(e\\d+ ?)*")), lines.toString());
    }
  }

  @Test
  void run_anyThreads_sameParameters() {
    ParallelCorpus corpus = corpus();
    List<String> hashes = new ArrayList<>();
    for (int threads : new int[] {1, 2, 3}) {
      try (TranslationTraining training = new TranslationTraining(options("adagrad", 0.05f, 20), corpus, threads)) {
        hashes.add(String.valueOf(run(training, "t" + threads).summary().outcome().parametersSha256()));
      }
    }
    assertEquals(1, hashes.stream().distinct().count(), hashes.toString());
  }

  @Test
  void run_hugeRate_diverges_andSaysSo() {
    try (TranslationTraining training = new TranslationTraining(options("sgd", 1e30f, 30), corpus(), 1)) {
      assertNotNull(run(training, "d").summary().outcome().divergedAtStep());
    }
  }

  @Test
  void new_sentenceTooLongForTheNetwork_isRefused() {
    TranslationOptions options = options("adam", 0.01f, 5);
    TranslationOptions shorter = new TranslationOptions(new TranslationConfig(16, 1, 2, 32, 4), 100,
        options.optimization(), options.length(), 5);
    String message =
        assertThrows(IllegalArgumentException.class, () -> new TranslationTraining(shorter, corpus(), 1)).getMessage();
    assertEquals("longest 4: must be at least the 5 words of the longest sentence of toy", message);
    assertThrows(IllegalArgumentException.class,
        () -> new TranslationOptions(NETWORK, 5, options.optimization(), options.length(), 5));
  }
}
