/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CorporaTest {
  @TempDir private Path folder;

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private Path file(String name, String text) throws IOException {
    return file(name, text.getBytes(UTF_8));
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  private static String text(Corpus corpus, int[] split) {
    return Arrays.stream(split).mapToObj(corpus.vocabulary()::word).collect(Collectors.joining(" "));
  }

  private static String refusal(Path path) {
    return assertThrows(IllegalArgumentException.class, () -> Corpora.open(path.toString(), 0)).getMessage();
  }

  private static void assertStarts(String expected, String actual) {
    assertTrue(actual.startsWith(expected), actual);
  }

  private static void assertContains(String expected, String actual) {
    assertTrue(actual.contains(expected), actual);
  }

  @Test
  void open_directory_readsThreeSplits() throws IOException {
    file("train.txt", "The cat sat\n\n the  cat\n");
    file("valid.txt.gz", gzip("the dog\n"));
    file("test.txt", "cat");
    Corpus corpus = Corpora.open(folder.toString(), 0);
    assertEquals(folder.getFileName().toString(), corpus.name());
    assertEquals("The cat sat <eos> <eos> the cat <eos>", text(corpus, corpus.train()));
    assertEquals("the <unk> <eos>", text(corpus, corpus.validation()));
    assertEquals("cat <eos>", text(corpus, corpus.test()));
    assertArrayEquals(new int[] {2, 1, 3, 0, 0, 4, 1, 0}, corpus.train());
    assertEquals(6, corpus.vocabulary().size());
    assertEquals(3, corpus.vocabulary().count(0));
  }

  @Test
  void open_maxVocabulary_mapsRareWordsToUnknown() throws IOException {
    file("train.txt", "a a b\na c\n");
    file("valid.txt", "b\n");
    file("test.txt", "a\n");
    Corpus corpus = Corpora.open(folder.toString(), 3);
    assertEquals("a a <unk> <eos> a <unk> <eos>", text(corpus, corpus.train()));
    assertEquals("<unk> <eos>", text(corpus, corpus.validation()));
    assertEquals(2, corpus.vocabulary().count(corpus.vocabulary().unknownId()));
    assertThrows(IllegalArgumentException.class, () -> Corpora.open(folder.toString(), 1));
  }

  @Test
  void open_plainAndGzip_prefersPlain() throws IOException {
    file("train.txt", "plain\n");
    file("train.txt.gz", gzip("packed\n"));
    file("valid.txt", "x\n");
    file("test.txt", "x\n");
    Corpus corpus = Corpora.open(folder.toString(), 0);
    assertEquals("plain <eos>", text(corpus, corpus.train()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"train.txt", "valid.txt", "test.txt"})
  void open_directoryWithoutSplit_namesTheFile(String missing) throws IOException {
    for (String name : new String[] {"train.txt", "valid.txt", "test.txt"}) {
      if (!name.equals(missing)) {
        file(name, "word\n");
      }
    }
    Files.createDirectory(folder.resolve(missing));
    assertStarts("corpus " + folder + ": no file " + missing + " or " + missing + ".gz", refusal(folder));
  }

  @ParameterizedTest
  @CsvSource({"3, 1, 1", "19, 17, 1", "40, 36, 2", "100, 90, 5", "59, 55, 2"})
  void open_file_splitsOffLastLines(int lines, int train, int heldOut) throws IOException {
    String text = IntStream.range(0, lines).mapToObj(i -> "line" + i + "\n").collect(Collectors.joining());
    Corpus corpus = Corpora.open(file("text", text).toString(), 0);
    assertEquals("text", corpus.name());
    assertEquals(2 * train, corpus.train().length);
    assertEquals("line0", corpus.vocabulary().word(corpus.train()[0]));
    assertEquals(2 * heldOut, corpus.validation().length);
    assertEquals(2 * heldOut, corpus.test().length);
  }

  @Test
  void open_gzipFile_isToldByItsBytes() throws IOException {
    Corpus packed = Corpora.open(file("packed", gzip("a\nb\na\n")).toString(), 0);
    assertEquals("a <eos>", text(packed, packed.train()));
    Corpus plain = Corpora.open(file("plain.gz", "a\nb\na\n").toString(), 0);
    assertEquals("a <eos>", text(plain, plain.train()));
  }

  @Test
  void open_damagedGzip_saysSo() throws IOException {
    byte[] bytes = gzip("some words to pack\n".repeat(100));
    assertContains("short.gz: damaged gzip data", refusal(file("short.gz", Arrays.copyOf(bytes, bytes.length / 2))));
    bytes[bytes.length - 5] ^= 1;
    assertContains("bits.gz: damaged gzip data", refusal(file("bits.gz", bytes)));
    assertContains("head.gz: damaged gzip data", refusal(file("head.gz", Arrays.copyOf(bytes, 4))));
  }

  @Test
  void open_textWithoutLastLineFeed_endsItsLastLine() throws IOException {
    Corpus corpus = Corpora.open(file("text", "a\n\nb\nc").toString(), 0);
    assertEquals("a <eos> <eos>", text(corpus, corpus.train()));
    assertEquals("<unk> <eos>", text(corpus, corpus.test()));
  }

  @Test
  void open_whiteSpace_isThatOfUnicode() throws IOException {
    String spaces = "a b\tc\u00a0d\u3000e\u2028f\r\ng\u0085h\u001fi\u000bj\u200bk\u0001l\n";
    file("train.txt", "\ufeff" + spaces);
    file("valid.txt", "a\n");
    file("test.txt", "a\n");
    Corpus corpus = Corpora.open(folder.toString(), 0);
    assertEquals("a b c d e f <eos> g h i j\u200bk\u0001l <eos>", text(corpus, corpus.train()));
  }

  @Test
  void open_charactersOfAllLengths_keptAsTheyAre() throws IOException {
    String words = "\u007f \u0080x \u07ff \u0800 \ud7ff \ue000 \uffff \ud800\udc00 \udbff\udfff x\ufeffy";
    // Longer than the read buffer and of odd length, so that characters straddle its border.
    file("train.txt", (words + "\n").repeat(5001));
    file("valid.txt", "a\n");
    file("test.txt", "a\n");
    Corpus corpus = Corpora.open(folder.toString(), 0);
    assertEquals(words.split(" ").length + 2, corpus.vocabulary().size());
    assertEquals(words + " <eos>", text(corpus, Arrays.copyOfRange(corpus.train(), 4 * 11, 5 * 11)));
    assertEquals(5001 * 11, corpus.train().length);
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "80", "C0 80", "C1 BF", "C2 20", "C2 C2", "E0 9F BF", "ED A0 80", "E1 80 7F", "F0 8F BF BF", "F4 90 80 80",
    "F5 80 80 80", "FF FE", "E1 80", "F1 80 80"
  })
  void open_malformedUtf8_refusedAsTheJdkDoes(String hex) throws IOException {
    byte[] bad = new byte[hex.split(" ").length];
    for (int i = 0; i < bad.length; i++) {
      bad[i] = (byte) Integer.parseInt(hex.split(" ")[i], 16);
    }
    assertThrows(IOException.class, () -> UTF_8.newDecoder().decode(ByteBuffer.wrap(bad)));
    byte[] bytes = Arrays.copyOf("one\ntwo ".getBytes(UTF_8), 8 + bad.length);
    System.arraycopy(bad, 0, bytes, 8, bad.length);
    assertContains("text, line 2, byte offset ", refusal(file("text", bytes)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ISO-8859-1", "UTF-16LE", "UTF-16BE"})
  void open_otherEncoding_refused(String charset) throws IOException {
    byte[] bytes = "caf\u00e9 noir\n".getBytes(Charset.forName(charset));
    assertContains("is this a binary file?", refusal(file("text", bytes)));
  }

  @Test
  void open_nulByte_namesLineAndOffset() throws IOException {
    Path path = file("text", "one\ntwo\nth\0ree\n");
    assertEquals(
        path + ", line 3, byte offset 10: a NUL byte; is this a binary file? A corpus is UTF-8 text, plain or gzip",
        refusal(path));
  }

  @Test
  void open_overlongWord_refused() throws IOException {
    assertContains("a word of more than 65536 bytes", refusal(file("text", "x".repeat(65537))));
    Corpus corpus = Corpora.open(file("fits", "x".repeat(65536) + "\na\nb\n").toString(), 0);
    assertEquals(65536, corpus.vocabulary().word(corpus.train()[0]).length());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", " \n\n\t\n", "\ufeff"})
  void open_noWords_refused(String text) throws IOException {
    Path path = file("text", text);
    assertStarts(path + ": no word in it", refusal(path));
  }

  @Test
  void open_splitWithoutWords_namesIt() throws IOException {
    Path path = file("text", "a\nb\n\n");
    assertStarts(path + ", lines 3 to 3 (the test split): no word in it", refusal(path));
    file("train.txt", "a\n");
    file("valid.txt", "\n");
    file("test.txt", "a\n");
    assertStarts(folder.resolve("valid.txt") + ": no word in it", refusal(folder));
  }

  @Test
  void open_tooFewLines_saysWhatIsNeeded() throws IOException {
    Path path = file("text", "a long line\nand one more");
    assertStarts(path + ": lines there: 2; at least 3 are needed", refusal(path));
  }

  @Test
  void open_missingPath_saysWhatIsLegal() {
    assertEquals(
        "corpus " + folder.resolve("nowhere") + ": no such file or directory; a corpus is 'wordnet', a text file, or a"
            + " directory with train.txt, valid.txt and test.txt (.gz too)",
        refusal(folder.resolve("nowhere")));
    assertThrows(IllegalArgumentException.class, () -> Corpora.open(" ", 0));
    assertThrows(IllegalArgumentException.class, () -> Corpora.open("a\0b", 0));
  }

  @Test
  void open_wordnet_hasTheKnownCounts() throws IOException {
    Corpus corpus = Corpora.open("wordnet", 0);
    assertEquals("wordnet", corpus.name());
    assertEquals(54_956, corpus.vocabulary().size());
    assertEquals(1_562_193, corpus.train().length);
    assertEquals(20_000, corpus.validation().length);
    assertEquals(20_000, corpus.test().length);
    assertEquals("<eos>", corpus.vocabulary().word(0));
    assertEquals(114_895, corpus.vocabulary().count(0));
    assertEquals(54_955, corpus.vocabulary().unknownId());
    // The perplexities of a separate program (Python) that follows the same description.
    assertEquals(1270.3064664358863, corpus.unigramPerplexity(corpus.validation()), 1e-6);
    assertEquals(1324.1505278391953, corpus.unigramPerplexity(corpus.test()), 1e-6);
    assertEquals(
        "a person considered as a unique individual one s own self <eos>",
        text(corpus, Arrays.copyOf(corpus.train(), 12)));
  }

  @Test
  void open_wordnet_opensAlikeTwice() throws IOException {
    Corpus one = Corpora.open("wordnet", 1000);
    Corpus two = Corpora.open("wordnet", 1000);
    assertArrayEquals(one.train(), two.train());
    assertArrayEquals(one.test(), two.test());
    assertEquals(1000, one.vocabulary().size());
  }
}
