/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;

/**
 * Sentence pairs in word ids, cut into train, validation and test so that no sentence of one, on either side, is in
 * another; {@link PairSplit} says how. Immutable and thread-safe.
 *
 * @param name where the pairs come from
 * @param source words of the source side of train, {@code <unk>} and {@code <eos>} among them
 * @param target words of the target side of train, {@code <unk>} and {@code <eos>} among them
 * @param train pairs to learn from
 * @param validation pairs to choose by
 * @param test sentences to translate in the end
 */
public record ParallelCorpus(String name, Vocabulary source, Vocabulary target, List<SentencePair> train,
    List<SentencePair> validation, List<TestSentence> test) {
  /** Copies the lists. */
  public ParallelCorpus {
    train = List.copyOf(train);
    validation = List.copyOf(validation);
    test = List.copyOf(test);
  }

  /**
   * A sentence to translate.
   *
   * @param text as it was written, in lower case
   * @param source its word ids, ending with that of {@code <eos>}
   * @param references its translations, in lower case, each once
   */
  public record TestSentence(String text, int[] source, List<String> references) {
    /** Copies the list. */
    public TestSentence {
      references = List.copyOf(references);
    }
  }

  /**
   * How pairs become a corpus.
   *
   * @param words the most frequent words of each side of train that are kept; {@code <unk>} and {@code <eos>} come on
   *     top
   * @param longest most words and marks of a sentence; pairs with a longer one are left out
   * @param heldOut distinct source sentences of validation, and of test
   */
  public record Limits(int words, int longest, int heldOut) {
    /** Checks the ranges. */
    public Limits {
      if (words < 1 || longest < 1 || heldOut < 1) {
        throw new IllegalArgumentException(words + " words, sentences of up to " + longest + ", " + heldOut
            + " held out: each must be >= 1");
      }
    }
  }

  /**
   * Cuts and numbers.
   *
   * @throws IllegalArgumentException if too few sentences are left
   */
  public static ParallelCorpus of(ParallelText text, Limits limits) {
    PairSplit split = PairSplit.of(text, limits);
    Vocabulary source = vocabulary(split.train().stream().map(PairSplit.Pair::source).toList(), limits.words());
    Vocabulary target = vocabulary(split.train().stream().map(PairSplit.Pair::target).toList(), limits.words());
    return new ParallelCorpus(text.name(), source, target, ids(split.train(), source, target),
        ids(split.validation(), source, target),
        split.test().stream().map(test -> new TestSentence(test.text(), ids(test.words(), source), test.references()))
            .toList());
  }

  /** The same without its test sentences: what a search may see. */
  public ParallelCorpus withoutTest() {
    return new ParallelCorpus(name, source, target, train, validation, List.of());
  }

  /**
   * The words of a translation, without {@code <eos>}, with blanks between them; {@code <unk>} as {@code unk}, which a
   * tokenizer leaves whole, so that it counts as one wrong word.
   */
  public String targetText(int[] ids) {
    StringJoiner text = new StringJoiner(" ");
    int end = target.id(Vocabulary.EOS);
    Arrays.stream(ids).filter(id -> id != end).mapToObj(target::word)
        .map(word -> word.equals(Vocabulary.UNKNOWN) ? "unk" : word).forEach(text::add);
    return text.toString();
  }

  private static Vocabulary vocabulary(List<List<String>> sentences, int words) {
    WordTable table = new WordTable();
    IntSequence tokens = new IntSequence();
    int end = table.id(Vocabulary.EOS);
    for (List<String> sentence : sentences) {
      sentence.forEach(word -> tokens.add(table.id(word)));
      tokens.add(end);
    }
    int[] counts = new int[table.size()];
    for (int i = 0; i < tokens.size(); i++) {
      counts[tokens.get(i)]++;
    }
    String[] spelled = new String[table.size()];
    Arrays.setAll(spelled, table::word);
    Vocabulary vocabulary = Vocabulary.of(spelled, counts, Math.addExact(words, 2));
    if (!Objects.equals(vocabulary.word(vocabulary.id(Vocabulary.EOS)), Vocabulary.EOS)) {
      throw new IllegalArgumentException(words + " words: too few for " + Vocabulary.EOS + " to be among them");
    }
    return vocabulary;
  }

  private static List<SentencePair> ids(List<PairSplit.Pair> pairs, Vocabulary source, Vocabulary target) {
    return pairs.stream().map(pair -> new SentencePair(ids(pair.source(), source), ids(pair.target(), target)))
        .toList();
  }

  private static int[] ids(List<String> words, Vocabulary vocabulary) {
    int[] ids = new int[words.size() + 1];
    for (int i = 0; i < words.size(); i++) {
      ids[i] = vocabulary.id(words.get(i));
    }
    ids[words.size()] = vocabulary.id(Vocabulary.EOS);
    return ids;
  }
}
