/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads a corpus by its name on the command line.
 *
 * <p>Thread-safe: no state.
 */
public final class Corpora {
  /** The name of the embedded corpus. */
  public static final String WORDNET = "wordnet";

  /** A text file gives one line in this many, rounded down but at least one, to validation and as many to test. */
  private static final int HELD_OUT_LINES = 20;

  private static final String LEGAL =
      "; a corpus is 'wordnet', a text file, or a directory with train.txt, valid.txt and test.txt (.gz too)";

  private Corpora() {}

  /**
   * Reads a corpus whole into memory.
   *
   * <ul>
   *   <li>{@code wordnet}: the glosses of WordNet 3.1, which is on the class path. Words are {@code [a-z0-9]+} in lower
   *       case, {@code <eos>} follows each gloss. Glosses stand in the order of a hash of their synset in all splits,
   *       so that neighbours are unrelated; test and validation hold 20 000 tokens each, their last gloss cut to fit.
   *       (A file of that name is {@code ./wordnet}.)
   *   <li>A directory: {@code train.txt}, {@code valid.txt} and {@code test.txt}, or each of them with {@code .gz}
   *       added where the plain one is absent.
   *   <li>A file: of its n lines the last max(1, n / 20) are the test split, as many before them the validation split,
   *       and the rest is train.
   * </ul>
   *
   * <p>Files are UTF-8, plain or gzip (told by their first bytes, not their name), split on white space, case kept,
   * with {@code <eos>} after every line, blank ones too. Every split has to hold a word.
   *
   * @param spec {@code wordnet} or a path
   * @param maxVocabulary the most vocabulary entries to keep, {@code <unk>} included: the most frequent words; 0 keeps
   *     every word of the train split
   * @throws IllegalArgumentException if the path or a file of it does not exist, cannot be read, or is not text; if a
   *     split holds no word; or if {@code maxVocabulary} is negative or 1
   * @throws IllegalStateException if {@code spec} is {@code wordnet} and its artifact is not on the class path
   * @throws IOException if reading fails
   */
  public static Corpus open(String spec, int maxVocabulary) throws IOException {
    Vocabulary.checkMaxSize(maxVocabulary);
    CorpusBuilder builder = new CorpusBuilder();
    if (spec.equals(WORDNET)) {
      WordNetReader.read(builder);
      return builder.build(WORDNET, maxVocabulary);
    }
    if (spec.isBlank()) {
      throw new IllegalArgumentException("corpus '" + spec + "': no name" + LEGAL);
    }
    Path path = Path.of(spec);
    if (!Files.exists(path)) {
      throw new IllegalArgumentException("corpus " + spec + ": no such file or directory" + LEGAL);
    }
    if (Files.isDirectory(path)) {
      readDirectory(path, builder);
    } else {
      readFile(path, builder);
    }
    Path lastName = path.toAbsolutePath().normalize().getFileName();
    return builder.build(lastName == null ? spec : lastName.toString(), maxVocabulary);
  }

  private static void readDirectory(Path directory, CorpusBuilder builder) throws IOException {
    // All three are looked for before the first is read: train may take long.
    Path train = member(directory, "train.txt");
    Path validation = member(directory, "valid.txt");
    Path test = member(directory, "test.txt");
    readMember(train, builder.words, builder.train);
    readMember(validation, builder.words, builder.validation);
    readMember(test, builder.words, builder.test);
  }

  private static Path member(Path directory, String name) {
    Path plain = directory.resolve(name);
    if (Files.exists(plain) && !Files.isDirectory(plain)) {
      return plain;
    }
    Path gzip = directory.resolve(name + ".gz");
    if (Files.exists(gzip) && !Files.isDirectory(gzip)) {
      return gzip;
    }
    throw new IllegalArgumentException("corpus " + directory + ": no file " + name + " or " + name + ".gz" + LEGAL);
  }

  private static void readMember(Path file, WordTable words, IntSequence tokens) throws IOException {
    Lines lines = Lines.read(file, words, tokens);
    lines.requireWord(0, lines.count(), file.toString());
  }

  private static void readFile(Path file, CorpusBuilder builder) throws IOException {
    Lines lines = Lines.read(file, builder.words, new IntSequence());
    int n = lines.count();
    lines.requireWord(0, n, file.toString());
    if (n < 3) {
      throw new IllegalArgumentException(file + ": lines there: " + n + "; at least 3 are needed to split off"
          + " validation and test (the last 5 % each), or give a directory with train.txt, valid.txt and test.txt");
    }
    int heldOut = Math.max(1, n / HELD_OUT_LINES);
    int testLine = n - heldOut;
    int validationLine = testLine - heldOut;
    lines.copy(0, validationLine, "train", builder.train);
    lines.copy(validationLine, testLine, "validation", builder.validation);
    lines.copy(testLine, n, "test", builder.test);
  }

  /** A text in memory: its tokens, and for each line the number of tokens up to its end. */
  private record Lines(Path file, IntSequence tokens, IntSequence ends, int eos) {
    static Lines read(Path file, WordTable words, IntSequence tokens) throws IOException {
      if (!Files.isReadable(file)) {
        throw new IllegalArgumentException(file + ": no permission to read it");
      }
      Lines lines = new Lines(file, tokens, new IntSequence(), words.id(Vocabulary.EOS));
      TextReader.read(file, words, tokens, lines.ends);
      return lines;
    }

    int count() {
      return ends.size();
    }

    void copy(int fromLine, int toLine, String split, IntSequence target) {
      requireWord(
          fromLine, toLine, file + ", lines " + (fromLine + 1) + " to " + toLine + " (the " + split + " split)");
      target.addRange(tokens, start(fromLine), start(toLine));
    }

    void requireWord(int fromLine, int toLine, String what) {
      for (int i = start(fromLine); i < start(toLine); i++) {
        if (tokens.get(i) != eos) {
          return;
        }
      }
      throw new IllegalArgumentException(
          what + ": no word in it; train, validation and test must hold at least one word each");
    }

    private int start(int line) {
      return line == 0 ? 0 : ends.get(line - 1);
    }
  }
}
