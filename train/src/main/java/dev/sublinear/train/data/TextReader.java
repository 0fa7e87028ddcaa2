/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads one UTF-8 text, plain or gzip, a buffer at a time.
 *
 * <p>Words are what stands between white space (Unicode's, as Python's {@code str.split} sees it), case kept; {@code
 * <eos>} follows every line, blank ones too, and a last line without a line feed. A byte order mark is skipped.
 */
final class TextReader {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int MAX_WORD_BYTES = 1 << 16;
  private static final int BYTE_ORDER_MARK = 0xFEFF;

  private final Path file;
  private final WordTable words;
  private final IntSequence tokens;
  private final IntSequence lineEnds;
  private final int eos;

  /** The bytes of the word being read. */
  private final byte[] word = new byte[MAX_WORD_BYTES];

  private int wordLength;

  /** The character being read: its bits so far, the bytes it has, those it lacks, and the legal range of the next. */
  private int codePoint;

  private int characterBytes;
  private int missingBytes;
  private int lowest;
  private int highest;

  private long offset;
  private boolean lineOpen;

  private TextReader(Path file, WordTable words, IntSequence tokens, IntSequence lineEnds) {
    this.file = file;
    this.words = words;
    this.tokens = tokens;
    this.lineEnds = lineEnds;
    this.eos = words.id(Vocabulary.EOS);
  }

  /**
   * Appends the words of {@code file} to {@code tokens}, and for each line the number of tokens so far to {@code
   * lineEnds}.
   */
  static void read(Path file, WordTable words, IntSequence tokens, IntSequence lineEnds) throws IOException {
    TextReader reader = new TextReader(file, words, tokens, lineEnds);
    try (InputStream in = open(file)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        for (int i = 0; i < n; i++) {
          reader.accept(buffer[i] & 0xFF);
        }
      }
    } catch (ZipException | EOFException e) {
      throw new IllegalArgumentException(file + ": damaged gzip data (" + e.getMessage() + ")", e);
    }
    reader.finish();
  }

  /** The bytes of a file, those within it if it is gzip. */
  static InputStream open(Path file) throws IOException {
    InputStream raw = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
    try {
      raw.mark(2);
      boolean gzip = raw.read() == 0x1F && raw.read() == 0x8B;
      raw.reset();
      return gzip ? new GZIPInputStream(raw, BUFFER_BYTES) : raw;
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  private void accept(int b) {
    lineOpen = true;
    if (missingBytes > 0) {
      acceptContinuation(b);
    } else if (b > ' ' && b < 0x80) {
      append(b);
    } else if (b == '\n') {
      endLine();
    } else if (b == 0) {
      throw notText("a NUL byte");
    } else if (b < 0x80) {
      if (isWhiteSpace(b)) {
        endWord();
      } else {
        append(b);
      }
    } else {
      acceptLead(b);
    }
    offset++;
  }

  /** The first byte of a character of two to four; overlong forms and surrogates are malformed (RFC 3629). */
  private void acceptLead(int b) {
    if (b < 0xC2 || b > 0xF4) {
      throw notText("the byte 0x" + Integer.toHexString(b) + " does not start a character in UTF-8");
    }
    missingBytes = b < 0xE0 ? 1 : b < 0xF0 ? 2 : 3;
    codePoint = b & (0x3F >> missingBytes);
    characterBytes = 1;
    lowest = b == 0xE0 ? 0xA0 : b == 0xF0 ? 0x90 : 0x80;
    highest = b == 0xED ? 0x9F : b == 0xF4 ? 0x8F : 0xBF;
    append(b);
  }

  private void acceptContinuation(int b) {
    if (b < lowest || b > highest) {
      throw notText("the byte 0x" + Integer.toHexString(b) + " does not continue a character in UTF-8");
    }
    lowest = 0x80;
    highest = 0xBF;
    codePoint = codePoint << 6 | (b & 0x3F);
    characterBytes++;
    append(b);
    if (--missingBytes == 0) {
      boolean mark = codePoint == BYTE_ORDER_MARK && offset == characterBytes - 1;
      if (mark || isWhiteSpace(codePoint)) {
        wordLength -= characterBytes;
        endWord();
      }
    }
  }

  /** White space of Unicode, no-break spaces included, and the separators 0x1C to 0x1F. */
  private static boolean isWhiteSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
  }

  private void append(int b) {
    if (wordLength == word.length) {
      throw notText("a word of more than " + MAX_WORD_BYTES + " bytes");
    }
    word[wordLength++] = (byte) b;
  }

  private void endWord() {
    if (wordLength > 0) {
      tokens.add(words.id(word, 0, wordLength));
      wordLength = 0;
    }
  }

  private void endLine() {
    endWord();
    tokens.add(eos);
    lineEnds.add(tokens.size());
    lineOpen = false;
  }

  private void finish() {
    if (missingBytes > 0) {
      throw notText("the file ends within a character");
    }
    if (lineOpen) {
      endLine();
    }
  }

  private IllegalArgumentException notText(String why) {
    return new IllegalArgumentException(file + ", line " + (lineEnds.size() + 1) + ", byte offset " + offset + ": "
        + why + "; is this a binary file? A corpus is UTF-8 text, plain or gzip");
  }
}
