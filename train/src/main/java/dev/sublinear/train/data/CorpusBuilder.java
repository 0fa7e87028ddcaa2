/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import java.util.Arrays;

/** The three splits while they are being read, as provisional ids of one word table. */
final class CorpusBuilder {
  final WordTable words = new WordTable();
  final IntSequence train = new IntSequence();
  final IntSequence validation = new IntSequence();
  final IntSequence test = new IntSequence();

  /** Counts the train words, numbers them for good, and renames the tokens of all splits. */
  Corpus build(String name, int maxVocabulary) {
    int[] counts = new int[words.size()];
    int[] byFirstOccurrence = new int[words.size()];
    int distinct = 0;
    for (int i = 0; i < train.size(); i++) {
      int id = train.get(i);
      if (counts[id]++ == 0) {
        byFirstOccurrence[distinct++] = id;
      }
    }
    String[] trainWords = new String[distinct];
    int[] trainCounts = new int[distinct];
    for (int i = 0; i < distinct; i++) {
      trainWords[i] = words.word(byFirstOccurrence[i]);
      trainCounts[i] = counts[byFirstOccurrence[i]];
    }
    Vocabulary vocabulary = Vocabulary.of(trainWords, trainCounts, maxVocabulary);
    int[] ids = new int[words.size()];
    Arrays.fill(ids, vocabulary.unknownId());
    for (int i = 0; i < distinct; i++) {
      ids[byFirstOccurrence[i]] = vocabulary.id(trainWords[i]);
    }
    return new Corpus(name, vocabulary, renamed(train, ids), renamed(validation, ids), renamed(test, ids));
  }

  private static int[] renamed(IntSequence tokens, int[] ids) {
    int[] renamed = tokens.toArray();
    for (int i = 0; i < renamed.length; i++) {
      renamed[i] = ids[renamed[i]];
    }
    return renamed;
  }
}
