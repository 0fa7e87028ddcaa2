/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {
  @TempDir Path temp;

  @Test
  void add_trainAndValidation_exactLinesBeforeClose() throws IOException {
    RunDirectory run = RunDirectory.create(temp);
    try (MetricsLog log = run.openMetrics()) {
      log.add(SampleRuns.train(10, 7.1));
      log.add(SampleRuns.train(9, Double.NaN));
      log.add(new ValidationMetric(new Progress(20, 0.5, 14000, Progress.Unit.TOKENS, 5), Summary.Score.ofLoss(5)));
      log.add(SampleRuns.probe(20, 0.25, -0.125));
      assertEquals(
          """
              {"step":10,"epoch":0.5,"tokens":7000,"seconds":2.5,"loss":7.1,"learningRate":0.002,"tokensPerSecond":15000.0}
              {"step":9,"epoch":0.5,"tokens":6300,"seconds":2.25,"loss":null,"learningRate":0.002,"tokensPerSecond":15000.0}
              {"step":20,"epoch":0.5,"tokens":14000,"seconds":5.0,"validation":{"loss":5.0,"perplexity":148.4131591025766}}
              {"step":20,"epoch":0.5,"tokens":14000,"seconds":5.0,"probe":[{"table":"input.table","slot":"m","relativeError":0.25,"overEstimate":-0.125},{"table":"input.table","slot":"v","relativeError":null,"overEstimate":0.0}]}
              """,
          Files.readString(run.metricsFile()));
      assertEquals(List.of(10L, 9L, 20L, 20L), log.metrics().stream().map(metric -> metric.at().step()).toList());
    }
  }
}
