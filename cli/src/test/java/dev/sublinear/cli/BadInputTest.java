/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user can get wrong: exit code 2, one line that names it, and nothing written. */
final class BadInputTest {
  @TempDir Path directory;

  private Path corpus;
  private Path out;

  @BeforeEach
  void writeCorpus() throws IOException {
    corpus = Typed.corpus(directory);
    out = directory.resolve("out");
  }

  private void refused(String expected, Path text, String... more) {
    String line = Typed.small("train lm", text, out, more).oneLine(2);
    assertTrue(line.contains(expected), line);
    assertTrue(line.startsWith("sublinear: "), line);
    assertFalse(Files.exists(out), "a refused run leaves nothing behind");
  }

  @Test
  void missingCorpus() {
    refused("--corpus " + directory.resolve("nowhere"), directory.resolve("nowhere"));
  }

  @Test
  void emptyCorpus() throws IOException {
    refused("empty.txt", Files.writeString(directory.resolve("empty.txt"), ""));
    refused("blank.txt", Files.writeString(directory.resolve("blank.txt"), "\n \n\n"));
  }

  @Test
  void directoryWithoutTrain() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("folder"));
    Files.writeString(folder.resolve("valid.txt"), "a b\n");
    refused("no file train.txt", folder);
  }

  @Test
  void binaryFile() throws IOException {
    byte[] bytes = new byte[2000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    refused("binary.bin", Files.write(directory.resolve("binary.bin"), bytes));
  }

  @Test
  void corpusShorterThanAWindow() {
    refused("batch 1000 x bptt 800", corpus, "--batch", "1000", "--bptt", "800");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      adm                             | --optimizer: unknown optimizer 'adm': did you mean 'adam'?
      adam v=count-mint:0.2           | unknown layout 'count-mint': did you mean 'count-min'?
      adam w=dense                    | unknown slot 'w'
      adam v=count-min:0.2:dept=3     | unknown option 'dept': did you mean 'depth'?
      adam v=count-min:0              | ratio 0.0: must be a number above 0
      adam v=count-min:-1             | ratio -1.0: must be a number above 0
      adam v=count-min:NaN            | ratio NaN: must be a number above 0
      adam v=count-min:lots           | 'lots' is not a number
      adam v=count-min                | the ratio is missing
      adam v=count-min:1e-6           | gives width 0
      adam m=count-min:0.2            | count-min cannot hold m
      adam m=row-wise                 | row-wise cannot hold m
      adam v=dense,v=bf16             | slot 'v' is given twice
      """)
  void badOptimizer(String optimizer, String expected) {
    refused(expected, corpus, "--optimizer", optimizer);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      --embeding 3                    | unknown option '--embeding': did you mean '--embedding'?
      --model transfomer              | --model: unknown model 'transfomer': did you mean 'transformer'?
      --model transformer             | --hidden 16: --model transformer has none
      --heads 4                       | --heads 4: --model lstm has none
      --positions rotary              | --positions rotary: --model lstm has none
      --softmax adaptive --tied       | --tied: the adaptive softmax has no table
      --softmax adaptive:9,x          | --softmax 'adaptive:9,x': must be full, or sampled:K
      --softmax adaptive:20,9         | --softmax adaptive:20,9: cutoffs must be >= 1 and ascend
      --softmax adaptive:99999        | --softmax adaptive:99999: cutoffs must be at most the 1522 words
      --layers 3                      | --layers 3: must be 1 or 2
      --max-vocabulary 1              | --max-vocabulary 1: must be >= 2
      --max-vocabulary few            | 'few' is not a whole number
      --dropout 1                     | --dropout 1.0: must be in [0, 1)
      --softmax sampled:0             | --softmax 'sampled:0': must be full, or sampled:K
      --softmax sampled:99999         | --softmax sampled:99999: must be below
      --schedule lineal               | --schedule: unknown schedule 'lineal': did you mean 'linear'?
      --schedule linear:end=2         | --schedule: schedule end 2.0: must be in [0, 1]
      --lr 0                          | --lr 0.0: must be a number above 0
      --lr NaN                        | --lr NaN: must be a number above 0
      --clip 0                        | --clip 0.0: must be above 0
      --clip tight                    | --clip 'tight': must be a number above 0, or none
      --steps 0                       | --steps 0: must be >= 1
      --steps 9 --epochs 1            | --steps 9 and --epochs 1.0: give one of them
      --probe -1                      | --probe -1: must be >= 0 rows, 0 for none
      --probe all                     | 'all' is not a whole number
      --threads 0                     | --threads 0: must be in 1..1024
      --threads 200000                | --threads 200000: must be in 1..1024
      --state m=sm33                  | --state: unknown layout 'sm33'
      --dense-optimizer adagard       | --dense-optimizer: unknown optimizer 'adagard': did you mean 'adagrad'?
      --dense-optimizer s-shampoo:rank=0 | --dense-optimizer: rank 0: must be >= 1
      --optimizer shampoo             | --optimizer: shampoo steps whole tensors with dense gradients, not tables
      --seed 1 --seed 2               | '--seed'
      extra                           | unexpected argument 'extra'
      --seed                          | --seed
      """)
  void badOption(String typed, String expected) {
    refused(expected, corpus, typed.split(" "));
  }

  @Test
  void layoutTooSmallForATensor() {
    refused("adam m=dense,v=count-min:1.0E-4 on output.bias [", corpus, "--optimizer", "adam", "--dense-optimizer",
        "adam v=count-min:0.0001");
  }

  @Test
  void outThatCannotBeUsed() throws IOException {
    String underFile = corpus.resolve("run").toString();
    String line = Typed.sublinear("train", "lm", "--out", underFile).oneLine(2);
    assertTrue(line.contains(underFile) && line.contains("choose another --out"), line);
    Path used = Files.createDirectory(directory.resolve("used"));
    Files.writeString(used.resolve("summary.json"), "{}");
    line = Typed.sublinear("train", "lm", "--out", used.toString()).oneLine(2);
    assertTrue(line.contains(used + " already holds a run"), line);
    assertEquals("{}", Files.readString(used.resolve("summary.json")));
  }

  @Test
  void trainingThatDoesNotFit() {
    refused("no layout of adam would fit", corpus, "--embedding", "2000000000");
    refused("this machine has ", corpus, "--hidden", "2000000000");
  }

  @Test
  void misspeltCommands() {
    assertTrue(Typed.sublinear("trian", "lm").oneLine(2).contains("unknown command 'trian': did you mean 'train'?"));
    assertTrue(Typed.sublinear("train", "ml").oneLine(2).contains("unknown command 'ml': did you mean 'lm'?"));
    assertTrue(Typed.sublinear("train").oneLine(2).contains("sublinear train lm"));
    assertTrue(Typed.sublinear().oneLine(2).contains("train|compare|plan|bench"));
  }
}
