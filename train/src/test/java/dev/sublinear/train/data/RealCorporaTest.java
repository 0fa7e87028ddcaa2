/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Corpora that lie beside the project; aborts without them. */
class RealCorporaTest {
  @Test
  void open_wikitext2_hasTheKnownCounts() throws IOException {
    Corpus corpus = Corpora.open(SharedData.path("wikitext-2").toString(), 0);
    assertEquals("wikitext-2", corpus.name());
    assertEquals(33_278, corpus.vocabulary().size());
    assertEquals(2_088_628, corpus.train().length);
    assertEquals(217_646, corpus.validation().length);
    assertEquals(245_569, corpus.test().length);
    assertEquals("the", corpus.vocabulary().word(0));
    assertEquals(54_625, corpus.vocabulary().count(corpus.vocabulary().unknownId()));
  }

  @ParameterizedTest
  @CsvSource({
    "bible_kjv_canterbury.txt.gz, 766111, 30383", "tinyshakespeare.txt.gz, 202651, 40000",
    "warandpeace.txt.gz, 566308, 66055"
  })
  void open_publicDomainBook_keepsEveryWordAndLine(String name, int words, int lines) throws IOException {
    Corpus corpus = Corpora.open(SharedData.path("text-pd").resolve(name).toString(), 0);
    assertEquals(words + lines, corpus.train().length + corpus.validation().length + corpus.test().length);
    int eos = corpus.vocabulary().id(Vocabulary.EOS);
    for (int[] split : new int[][] {corpus.validation(), corpus.test()}) {
      int ends = 0;
      for (int id : split) {
        ends += id == eos ? 1 : 0;
      }
      assertEquals(lines / 20, ends);
      assertTrue(corpus.unigramPerplexity(split) > 100);
    }
  }

  @Test
  void open_mnist_hasTheKnownImages() throws IOException {
    ImageCorpus corpus = ImageCorpus.open(SharedData.path("mnist"), 1);
    assertEquals("9000 images 1 x 28 x 28, 10 classes", corpus.train().toString());
    assertEquals(1000, corpus.validation().size());
    assertEquals(10_000, corpus.test().size());
    assertEquals(7, corpus.test().label(0));
    long sum = 0;
    for (byte pixel : corpus.test().pixels()) {
      sum += pixel & 0xFF;
    }
    assertEquals(0.1325, sum / 255.0 / corpus.test().pixels().length, 5e-5); // the mean that everybody reports
  }

  @Test
  void read_cifarArchive_hasTheKnownImages() {
    ImageArchive archive = ImageArchive.read(SharedData.path("cifar10-jpg").resolve("cifar10-jpg.tar.gz"));
    assertEquals("50000 images 3 x 32 x 32, 10 classes", archive.train().toString());
    assertEquals("10000 images 3 x 32 x 32, 10 classes", archive.test().toString());
    assertEquals("airplane", archive.train().classes().get(archive.train().label(4_999)));
    assertEquals("automobile", archive.train().classes().get(archive.train().label(5_000)));
    double[] mean = new double[3];
    for (int i = 0; i < archive.train().pixels().length; i++) {
      mean[i / 1024 % 3] += (archive.train().pixels()[i] & 0xFF) / 255.0 / 50_000 / 1024;
    }
    // The means of the original images; JPEG keeps them.
    assertEquals(0.4914, mean[0], 0.002);
    assertEquals(0.4822, mean[1], 0.002);
    assertEquals(0.4465, mean[2], 0.002);
  }
}
