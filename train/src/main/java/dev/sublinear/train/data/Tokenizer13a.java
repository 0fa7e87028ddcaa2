/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Splits a line into words and punctuation as the tokenizer 13a does: the one of NIST's mteval-v13a, and the default of
 * sacrebleu (Post, 2018, arXiv 1804.08771).
 *
 * <p>Exact. Every ASCII symbol but the apostrophe, the comma, the period and the hyphen stands alone; commas and
 * periods do, unless a digit stands on both sides; so does a hyphen after a digit. Marks outside ASCII (quotation
 * marks, the ellipsis) are parts of words. Deviation: {@code <skipped>} and line breaks within a segment are not looked
 * for, a line has none. Thread-safe: no state.
 */
public final class Tokenizer13a {
  private static final Pattern SYMBOL = Pattern.compile("([{-~\\[-` -&(-+:-@/])");
  private static final Pattern MARK_AFTER_NO_DIGIT = Pattern.compile("([^0-9])([.,])");
  private static final Pattern MARK_BEFORE_NO_DIGIT = Pattern.compile("([.,])([^0-9])");
  private static final Pattern HYPHEN_AFTER_DIGIT = Pattern.compile("([0-9])(-)");

  /** As Python's {@code split} sees it: no-break spaces too. */
  private static final Pattern BLANKS = Pattern.compile("[\\p{IsWhite_Space}\\x1c-\\x1f]+");

  private Tokenizer13a() {}

  /** The words and punctuation marks of a line, none of them empty. */
  public static List<String> tokens(String line) {
    String text = " " + line.replace("&quot;", "\"").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
        + " ";
    text = SYMBOL.matcher(text).replaceAll(" $1 ");
    text = MARK_AFTER_NO_DIGIT.matcher(text).replaceAll("$1 $2 ");
    text = MARK_BEFORE_NO_DIGIT.matcher(text).replaceAll(" $1 $2");
    text = HYPHEN_AFTER_DIGIT.matcher(text).replaceAll("$1 $2 ");
    return Arrays.stream(BLANKS.split(text)).filter(token -> !token.isEmpty()).toList();
  }
}
