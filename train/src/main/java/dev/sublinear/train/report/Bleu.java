/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import dev.sublinear.train.data.Tokenizer13a;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Corpus BLEU (Papineni et al., 2002) with n-grams of 1 to 4 words, tokenizer 13a and no smoothing.
 *
 * <p>BLEU = 100 BP exp(1/4 sum over n of log p_n); p_n = matches_n / total_n, summed over all hypotheses, an n-gram
 * matching at most as often as it stands in the one reference that has most of it; BP = 1 where the hypotheses are
 * longer than the references, else exp(1 - r / c), c the words of the hypotheses and r those of the references nearest
 * in length, the shorter of two equally near. A p_n of 0 makes BLEU 0. Exact, in double. Case counts: lower it on both
 * sides before, or not at all. In the words of sacrebleu (Post, 2018): tok:13a, smooth:none, eff:no.
 *
 * @param score in [0, 100]
 * @param precisions p_1 to p_4, in [0, 1]; 0 where there is no n-gram at all
 * @param brevityPenalty in [0, 1]
 * @param hypothesisWords c
 * @param referenceWords r
 */
public record Bleu(double score, List<Double> precisions, double brevityPenalty, long hypothesisWords,
    long referenceWords) {
  private static final int ORDER = 4;

  /** Copies the list. */
  public Bleu {
    precisions = List.copyOf(precisions);
  }

  /**
   * Scores translations.
   *
   * @param hypotheses one line each
   * @param references for each hypothesis one line or more
   * @throws IllegalArgumentException if the lists differ in length or are empty, or a hypothesis has no reference
   */
  public static Bleu of(List<String> hypotheses, List<List<String>> references) {
    if (hypotheses.size() != references.size() || hypotheses.isEmpty()
        || references.stream().anyMatch(List::isEmpty)) {
      throw new IllegalArgumentException(hypotheses.size() + " hypotheses and references for " + references.size()
          + ": must be as many, and some, each with a reference");
    }
    long[] matches = new long[ORDER];
    long[] totals = new long[ORDER];
    long c = 0;
    long r = 0;
    for (int i = 0; i < hypotheses.size(); i++) {
      List<String> hypothesis = Tokenizer13a.tokens(hypotheses.get(i));
      List<List<String>> tokens = references.get(i).stream().map(Tokenizer13a::tokens).toList();
      c += hypothesis.size();
      r += nearest(hypothesis.size(), tokens);
      for (int n = 1; n <= ORDER; n++) {
        totals[n - 1] += Math.max(0, hypothesis.size() - n + 1);
        matches[n - 1] += matches(hypothesis, tokens, n);
      }
    }
    double brevity = c == 0 ? 0 : c >= r ? 1 : Math.exp(1 - (double) r / c);
    List<Double> precisions = new ArrayList<>();
    double logs = 0;
    for (int n = 0; n < ORDER; n++) {
      double precision = totals[n] == 0 ? 0 : (double) matches[n] / totals[n];
      precisions.add(precision);
      logs += Math.log(precision); // log 0 is minus infinity, whose exponential is 0
    }
    return new Bleu(100 * brevity * Math.exp(logs / ORDER), precisions, brevity, c, r);
  }

  private static int nearest(int length, List<List<String>> references) {
    int nearest = references.getFirst().size();
    for (List<String> reference : references) {
      int distance = Math.abs(reference.size() - length);
      int least = Math.abs(nearest - length);
      if (distance < least || (distance == least && reference.size() < nearest)) {
        nearest = reference.size();
      }
    }
    return nearest;
  }

  private static long matches(List<String> hypothesis, List<List<String>> references, int n) {
    Map<List<String>, Integer> most = new HashMap<>();
    for (List<String> reference : references) {
      counts(reference, n).forEach((gram, count) -> most.merge(gram, count, Math::max));
    }
    long matches = 0;
    for (Map.Entry<List<String>, Integer> entry : counts(hypothesis, n).entrySet()) {
      matches += Math.min(entry.getValue(), most.getOrDefault(entry.getKey(), 0));
    }
    return matches;
  }

  private static Map<List<String>, Integer> counts(List<String> words, int n) {
    Map<List<String>, Integer> counts = new HashMap<>();
    for (int i = 0; i + n <= words.size(); i++) {
      counts.merge(words.subList(i, i + n), 1, Integer::sum);
    }
    return counts;
  }
}
