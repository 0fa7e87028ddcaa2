/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.train.data.BpttBatches;
import dev.sublinear.train.data.Corpora;
import dev.sublinear.train.data.Corpus;
import dev.sublinear.train.data.LogUniformSampler;
import dev.sublinear.train.model.LstmConfig;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A language model and its text: what every contender of the whole training gets, in this process or another.
 *
 * @param network one layer, with a projection, tables of their own, no dropout
 * @param words size of the vocabulary
 * @param samples negatives of the sampled softmax
 * @param batch rows of text side by side
 * @param bptt steps of a window
 * @param tokens the text, read again from the start when it ends
 */
record LmWorkload(LstmConfig network, int words, int samples, int batch, int bptt, int[] tokens) {
  static final long SEED = 1;
  static final float LEARNING_RATE = 0.001f;
  private static final int WINDOWS = 40;

  /** The model and the text that {@code train lm} has without options, cut after some windows. */
  static LmWorkload wordNet() throws IOException {
    Corpus corpus = Corpora.open(Corpora.WORDNET, 0);
    int batch = 32;
    int bptt = 35;
    int[] tokens = Arrays.copyOf(corpus.train(), batch * bptt * WINDOWS + 1);
    LstmConfig network = new LstmConfig(128, 256, 1, 128, 0, false);
    return new LmWorkload(network, corpus.vocabulary().size(), 1024, batch, bptt, tokens);
  }

  /** Something tiny, for tests. */
  static LmWorkload toy() {
    int words = 300;
    int[] tokens = new int[4 * 6 * 5 + 1];
    long key = CounterRandom.key(SEED, CounterRandom.stream("toy text"), 0);
    Arrays.setAll(tokens, i -> (int) CounterRandom.below(key, i, words));
    return new LmWorkload(new LstmConfig(8, 12, 1, 8, 0, false), words, 20, 4, 6, tokens);
  }

  BpttBatches batches() {
    return BpttBatches.training(tokens, batch, bptt);
  }

  /** Draws the negatives of {@link dev.sublinear.train.model.LanguageModel}. */
  LogUniformSampler sampler() {
    return new LogUniformSampler(words, samples, SEED, "negative samples");
  }

  /** Words of a step. */
  int wordsPerStep() {
    return batch * bptt;
  }

  void write(Path file) throws IOException {
    try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      for (int value : new int[] {network.embedding(), network.hidden(), network.projection(), words, samples, batch,
        bptt, tokens.length}) {
        out.writeInt(value);
      }
      for (int token : tokens) {
        out.writeInt(token);
      }
    }
  }

  static LmWorkload read(Path file) throws IOException {
    try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      LstmConfig network = new LstmConfig(in.readInt(), in.readInt(), 1, in.readInt(), 0, false);
      LmWorkload workload =
          new LmWorkload(network, in.readInt(), in.readInt(), in.readInt(), in.readInt(), new int[in.readInt()]);
      for (int i = 0; i < workload.tokens.length; i++) {
        workload.tokens[i] = in.readInt();
      }
      return workload;
    }
  }
}
