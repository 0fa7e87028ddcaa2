/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.train.data.Corpora;
import dev.sublinear.train.data.Corpus;
import dev.sublinear.train.model.LstmConfig;
import dev.sublinear.train.model.SoftmaxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LmTrainingTest {
  private static long workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("sublinear-worker-"))
        .count();
  }

  @Test
  void engineOnTwoThreads_isRefusedAndNothingStaysOpen(@TempDir Path directory) throws IOException {
    Path text = Files.writeString(directory.resolve("few.txt"), "a b c d e f g h\n".repeat(60));
    Corpus corpus = Corpora.open(text.toString(), 0);
    LmOptions options =
        new LmOptions(new LmOptions.Data(text.toString(), 0, 2, 5), new LstmConfig(4, 4, 1, 4, 0, false),
            new SoftmaxSpec.Full(),
            new LmOptions.Optimization(OptimizerSpec.parse("adam"), OptimizerSpec.parse("adam"), 1, 1,
                Schedule.parse("constant"), 1),
            new LmOptions.Length(1, 1, 1, 0), 1);
    assertEquals("PyTorch", Engine.getInstance().getEngineName());
    long before = workers();
    JniUtils.setNumThreads(2);
    try {
      String message = assertThrows(IllegalStateException.class,
          () -> new LmTraining(options, corpus, 3, new TrainingListener() {}).close()).getMessage();
      assertTrue(message.contains("2 threads") && message.contains("-Dai.djl.pytorch.num_threads=1"), message);
    } finally {
      JniUtils.setNumThreads(1);
    }
    assertEquals(before, workers());
    new LmTraining(options, corpus, 3, new TrainingListener() {}).close();
    assertEquals(before, workers());
  }
}
