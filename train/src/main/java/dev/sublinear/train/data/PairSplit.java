/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import dev.sublinear.kernel.CounterRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which sentence pairs are learnt from, chosen by, and tested on.
 *
 * <p>Everything is in lower case, with the straight apostrophe, cut by {@link Tokenizer13a}; in the source, an
 * apostrophe also ends a word and a hyphen begins one (l' homme, allez -vous). Two sentences count as the same if they
 * have the same words, whatever the marks. The source sentences of test are the first in the order of a hash of
 * their words, those of validation the next; of those with the same words one stands in test, the first, with all its
 * translations as references. A pair is left out of train if either side is, or translates, a sentence of test or
 * validation, and out of validation if its target translates one of test.
 *
 * @param train pairs to learn from
 * @param validation pairs to choose by
 * @param test distinct source sentences
 */
record PairSplit(List<Pair> train, List<Pair> validation, List<Tested> test) {
  private static final Pattern APOSTROPHES = Pattern.compile("[\u2018\u2019\u02bc]");
  private static final Pattern AFTER_APOSTROPHE = Pattern.compile("(?<=')(?=.)");
  private static final Pattern BEFORE_HYPHEN = Pattern.compile("(?<=.)(?=-\\p{L})");
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]");

  /** A pair in words. */
  record Pair(String text, String translation, List<String> source, List<String> target, String sourceKey,
      String targetKey) {
    static @Nullable Pair of(ParallelText.Line line, int longest) {
      String text = lower(line.source());
      String translation = lower(line.target());
      List<String> source = sourceWords(text);
      List<String> target = Tokenizer13a.tokens(translation);
      String sourceKey = key(source);
      String targetKey = key(target);
      boolean fits = source.size() <= longest && target.size() <= longest;
      return fits && !sourceKey.isEmpty() && !targetKey.isEmpty()
          ? new Pair(text, translation, source, target, sourceKey, targetKey)
          : null;
    }
  }

  /** A test sentence in words, with its translations. */
  record Tested(String text, List<String> words, List<String> references) {}

  /** Splits; the same for every seed of a training. */
  static PairSplit of(ParallelText text, ParallelCorpus.Limits limits) {
    List<Pair> pairs = new ArrayList<>();
    for (ParallelText.Line line : text.lines()) {
      Pair pair = Pair.of(line, limits.longest());
      if (pair != null) {
        pairs.add(pair);
      }
    }
    List<String> keys = pairs.stream().map(Pair::sourceKey).distinct()
        .sorted(Comparator.comparingLong(CounterRandom::stream).thenComparing(Comparator.naturalOrder())).toList();
    int heldOut = limits.heldOut();
    if (keys.size() <= 2 * heldOut) {
      throw new IllegalArgumentException(text.name() + ": " + keys.size() + " distinct source sentences of up to "
          + limits.longest() + " words; " + heldOut
          + " each are held out for validation and test, so there must be more than "
          + 2 * heldOut);
    }
    Set<String> testKeys = Set.copyOf(keys.subList(0, heldOut));
    Set<String> validationKeys = Set.copyOf(keys.subList(heldOut, 2 * heldOut));
    Set<String> testTargets = targets(pairs, testKeys);
    List<Pair> validation = pairs.stream().filter(pair -> validationKeys.contains(pair.sourceKey()))
        .filter(pair -> !testTargets.contains(pair.targetKey())).toList();
    Set<String> heldTargets = new HashSet<>(targets(pairs, validationKeys));
    heldTargets.addAll(testTargets);
    List<Pair> train = pairs.stream()
        .filter(pair -> !testKeys.contains(pair.sourceKey()) && !validationKeys.contains(pair.sourceKey()))
        .filter(pair -> !heldTargets.contains(pair.targetKey())).toList();
    if (train.isEmpty() || validation.isEmpty()) {
      throw new IllegalArgumentException(text.name() + ": " + train.size() + " pairs to learn from and "
          + validation.size() + " to choose by, when those with a sentence of another split are left out; needs more");
    }
    return new PairSplit(train, validation, tested(pairs, testKeys));
  }

  private static Set<String> targets(List<Pair> pairs, Set<String> sourceKeys) {
    return pairs.stream().filter(pair -> sourceKeys.contains(pair.sourceKey())).map(Pair::targetKey)
        .collect(Collectors.toSet());
  }

  private static List<Tested> tested(List<Pair> pairs, Set<String> keys) {
    Map<String, Pair> first = new LinkedHashMap<>();
    Map<String, Set<String>> references = new LinkedHashMap<>();
    for (Pair pair : pairs) {
      if (keys.contains(pair.sourceKey())) {
        first.putIfAbsent(pair.sourceKey(), pair);
        references.computeIfAbsent(pair.text(), any -> new LinkedHashSet<>()).add(pair.translation());
      }
    }
    return first.values().stream()
        .map(
            pair -> new Tested(pair.text(), pair.source(), List.copyOf(references.getOrDefault(pair.text(), Set.of()))))
        .toList();
  }

  private static String lower(String sentence) {
    return APOSTROPHES.matcher(sentence.strip().toLowerCase(Locale.ROOT)).replaceAll("'");
  }

  private static List<String> sourceWords(String text) {
    List<String> words = new ArrayList<>();
    for (String token : Tokenizer13a.tokens(text)) {
      for (String part : AFTER_APOSTROPHE.split(token)) {
        words.addAll(List.of(BEFORE_HYPHEN.split(part)));
      }
    }
    return words;
  }

  /** The words of a sentence without its marks. */
  private static String key(List<String> words) {
    return words.stream().filter(word -> WORD.matcher(word).find()).collect(Collectors.joining(" "));
  }
}
