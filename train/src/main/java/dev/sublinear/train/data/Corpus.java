/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

/**
 * A text as three streams of token ids over one vocabulary.
 *
 * <p>The arrays are handed out as they are, not copied: a corpus may hold hundreds of millions of tokens. Nobody writes
 * to them, and under that rule a corpus is thread-safe. {@link Corpora} reads one.
 */
public final class Corpus {
  private final String name;
  private final Vocabulary vocabulary;
  private final int[] train;
  private final int[] validation;
  private final int[] test;

  /**
   * Makes a corpus of token ids; keeps the arrays.
   *
   * @throws IllegalArgumentException if a split is empty or holds an id that is not in the vocabulary
   */
  public Corpus(String name, Vocabulary vocabulary, int[] train, int[] validation, int[] test) {
    this.name = name;
    this.vocabulary = vocabulary;
    this.train = checked("train", train, vocabulary.size());
    this.validation = checked("validation", validation, vocabulary.size());
    this.test = checked("test", test, vocabulary.size());
  }

  private static int[] checked(String split, int[] ids, int size) {
    if (ids.length == 0) {
      throw new IllegalArgumentException("the " + split + " split is empty: it must hold at least one token");
    }
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= size) {
        throw new IllegalArgumentException(
            split + " token " + i + " has id " + ids[i] + ": must be >= 0 and < " + size + ", the vocabulary size");
      }
    }
    return ids;
  }

  /** What to call this corpus in reports: {@code wordnet}, or the last name of the path it was read from. */
  public String name() {
    return name;
  }

  /** The words of the train split. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** The train tokens, in order; not a copy. */
  public int[] train() {
    return train;
  }

  /** The validation tokens, in order; not a copy. */
  public int[] validation() {
    return validation;
  }

  /** The test tokens, in order; not a copy. */
  public int[] test() {
    return test;
  }

  /**
   * The perplexity of the model that knows only how often each word occurs in the train split; every token of {@code
   * split} is predicted.
   *
   * <pre>
   *   p(w) = (count(w) + 1) / (train tokens + vocabulary size)
   *   exp(-sum(log p(w)) / tokens)
   * </pre>
   *
   * @param split token ids of this corpus's vocabulary, usually {@link #validation()} or {@link #test()}
   * @throws IllegalArgumentException if {@code split} is empty
   */
  public double unigramPerplexity(int[] split) {
    if (split.length == 0) {
      throw new IllegalArgumentException("an empty split has no perplexity: it must hold at least one token");
    }
    double sumOfLogs = 0;
    for (int id : split) {
      sumOfLogs += Math.log(vocabulary.count(id) + 1.0);
    }
    return Math.exp(Math.log((double) train.length + vocabulary.size()) - sumOfLogs / split.length);
  }

  @Override
  public String toString() {
    return "Corpus[" + name + ": " + vocabulary.size() + " words; " + train.length + " / " + validation.length + " / "
        + test.length + " tokens]";
  }
}
