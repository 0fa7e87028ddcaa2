/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.StringTokenizer;
import java.util.zip.ZipException;

/**
 * The examples of a file in LIBSVM's format: a line {@code LABEL INDEX:VALUE INDEX:VALUE ...} for each, indices from 1
 * and ascending, features not named are 0; blank lines and what follows a {@code #} are not read.
 *
 * <p>A row is positive if its label is above 0, whatever the classes: so of labels 0 and 1 or -1 and +1 one is each
 * class, and of many classes those above 0 stand against the others. As many features as the largest index of the file.
 *
 * <p>About 12 bytes for each feature that is named; values are float64, exactly as the file has them.
 */
public final class LibsvmFile implements Examples {
  /** The largest index: weights for that many features are a gigabyte. */
  private static final int MAX_INDEX = 1 << 27;

  /** The most of a line's text that a message quotes. */
  private static final int QUOTED = 40;

  private static final String FORMAT = "; a line is LABEL INDEX:VALUE INDEX:VALUE ...";

  private final Path file;
  private int features;
  private boolean[] positive = new boolean[1 << 10];
  private int rows;

  /** Where each row ends in the two arrays below. */
  private int[] ends = new int[1 << 10];

  private int[] indices = new int[1 << 14];
  private double[] values = new double[1 << 14];
  private int size;

  private LibsvmFile(Path file) {
    this.file = file;
  }

  /**
   * Reads a file, plain or gzip (told by its first bytes).
   *
   * @throws IllegalArgumentException in one line, naming the file and the line: if there is no such file, it is
   *     damaged, no UTF-8 text or without a row, a label is no integer, an index is not in 1..2^27 or does not ascend,
   *     or a value is not a finite number
   * @throws IOException if reading fails
   */
  public static Examples read(Path file) throws IOException {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new IllegalArgumentException("data " + file
          + ": no such file, or no permission to read it; examples are a file in LIBSVM's format");
    }
    LibsvmFile examples = new LibsvmFile(file);
    int number = 0;
    try (InputStream bytes = TextReader.open(file);
        BufferedReader reader = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder()))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        examples.add(number, line);
      }
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + ", after line " + number + ": no UTF-8 text" + FORMAT, e);
    } catch (ZipException | EOFException e) {
      throw new IllegalArgumentException(file + ": damaged gzip data (" + e.getMessage() + ")", e);
    }
    if (examples.rows == 0) {
      throw new IllegalArgumentException(file + ": no row in it" + FORMAT);
    }
    return examples;
  }

  private void add(int number, String line) {
    int comment = line.indexOf('#');
    StringTokenizer terms = new StringTokenizer(comment < 0 ? line : line.substring(0, comment));
    if (!terms.hasMoreTokens()) {
      return;
    }
    if (rows == ends.length) {
      ends = Arrays.copyOf(ends, 2 * rows);
      positive = Arrays.copyOf(positive, 2 * rows);
    }
    positive[rows] = label(number, terms.nextToken()) > 0;
    int last = 0;
    while (terms.hasMoreTokens()) {
      String term = terms.nextToken();
      int colon = term.indexOf(':');
      if (colon < 0) {
        throw bad(number, "'" + quoted(term) + "' is not INDEX:VALUE");
      }
      int index = index(number, term.substring(0, colon));
      if (index <= last) {
        throw bad(number, "index " + index + " after " + last + ": indices must ascend");
      }
      last = index;
      append(index - 1, value(number, index, term.substring(colon + 1)));
    }
    features = Math.max(features, last);
    ends[rows++] = size;
  }

  private void append(int index, double value) {
    if (value == 0) {
      return;
    }
    if (size == indices.length) {
      int length = Math.toIntExact(Math.min(2L * size, Integer.MAX_VALUE - 8));
      if (length == size) {
        throw new IllegalArgumentException(file + ": more than " + size + " features that are not zero");
      }
      indices = Arrays.copyOf(indices, length);
      values = Arrays.copyOf(values, length);
    }
    indices[size] = index;
    values[size++] = value;
  }

  private double label(int number, String text) {
    double label = number(text);
    // What rounding leaves alone is an integer; NaN never equals itself.
    if (label != Math.rint(label) || Double.isInfinite(label)) {
      throw bad(number, "label '" + quoted(text) + "': must be 0 or 1, -1 or +1, or an integer for each class");
    }
    return label;
  }

  private int index(int number, String text) {
    try {
      int index = Integer.parseInt(text);
      if (index >= 1 && index <= MAX_INDEX) {
        return index;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw bad(number, "index '" + quoted(text) + "': must be a whole number in 1.." + MAX_INDEX);
  }

  private double value(int number, int index, String text) {
    double value = number(text);
    if (!Double.isFinite(value)) {
      throw bad(number, "value '" + quoted(text) + "' of feature " + index + ": must be a finite number");
    }
    return value;
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private IllegalArgumentException bad(int number, String what) {
    return new IllegalArgumentException(file + ", line " + number + ": " + what);
  }

  private static String quoted(String text) {
    return text.length() <= QUOTED ? text : text.substring(0, QUOTED) + "...";
  }

  @Override
  public String name() {
    Path name = file.toAbsolutePath().normalize().getFileName();
    return name == null ? file.toString() : name.toString();
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int features() {
    return features;
  }

  @Override
  public boolean isPositive(int row) {
    return positive[row];
  }

  @Override
  public int read(int row, int[] index, double[] value) {
    int start = row == 0 ? 0 : ends[row - 1];
    int n = ends[row] - start;
    System.arraycopy(indices, start, index, 0, n);
    System.arraycopy(values, start, value, 0, n);
    return n;
  }
}
