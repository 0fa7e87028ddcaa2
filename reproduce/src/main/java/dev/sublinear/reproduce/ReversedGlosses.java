/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.train.data.Corpora;
import dev.sublinear.train.data.Corpus;
import dev.sublinear.train.data.ParallelText;
import dev.sublinear.train.data.Vocabulary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A language that needs no data: the glosses of WordNet backwards, to be translated into the glosses. It asks of a
 * translation model that it finds words in another order, not that it knows what they mean.
 */
final class ReversedGlosses {
  private static final int VOCABULARY = 1_000;

  private ReversedGlosses() {}

  /** The first {@code count} glosses of 3 to {@code longest} words that are all frequent. */
  static ParallelText read(int longest, int count) throws IOException {
    Corpus corpus = Corpora.open(Corpora.WORDNET, VOCABULARY);
    Vocabulary words = corpus.vocabulary();
    int end = words.id(Vocabulary.EOS);
    List<ParallelText.Line> lines = new ArrayList<>();
    List<String> gloss = new ArrayList<>();
    boolean isKnown = true;
    for (int token : corpus.train()) {
      if (token != end) {
        gloss.add(words.word(token));
        isKnown &= token != words.unknownId();
      } else {
        if (isKnown && gloss.size() >= 3 && gloss.size() <= longest && lines.size() < count) {
          lines.add(new ParallelText.Line(String.join(" ", gloss.reversed()), String.join(" ", gloss)));
        }
        gloss.clear();
        isKnown = true;
      }
    }
    return new ParallelText("glosses of WordNet backwards", lines);
  }
}
