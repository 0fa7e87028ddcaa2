/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** How a model turns its output into probabilities of words, in training; perplexities are always over all words. */
public sealed interface SoftmaxSpec {
  /**
   * Reads {@code full}, {@code sampled:K}, {@code adaptive} or {@code adaptive:C,C,...}.
   *
   * @throws IllegalArgumentException naming what is legal
   */
  static SoftmaxSpec parse(String text) {
    String[] parts = text.split(":", 2);
    try {
      if (text.equals("full")) {
        return new Full();
      } else if (text.equals("adaptive")) {
        return new Adaptive(List.of());
      } else if (parts.length == 2 && parts[0].equals("sampled") && Integer.parseInt(parts[1]) >= 1) {
        return new Sampled(Integer.parseInt(parts[1]));
      } else if (parts.length == 2 && parts[0].equals("adaptive")) {
        return new Adaptive(Arrays.stream(parts[1].split(",", -1)).map(Integer::valueOf).toList());
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException("softmax '" + text + "': must be full, or sampled:K with a whole number K >= 1,"
        + " or adaptive, or adaptive:C,C,... with whole numbers, for example sampled:1024 or adaptive:2000,10000");
  }

  /**
   * Refuses a vocabulary that it does not suit.
   *
   * @throws IllegalArgumentException naming the value and what is legal
   */
  void check(int words);

  /** The tensors on the words' side of a network, in the order in which they are stored; the first is of the inputs. */
  default List<TensorSpec> tensors(NetworkConfig network, int words) {
    TensorSpec bias = bias("output.bias", words);
    return network.tied()
        ? List.of(table("table", "shared table", words, network.embedding()), bias)
        : List.of(table("input.table", "input table", words, network.embedding()),
            table("output.table", "output table", words, network.output()), bias);
  }

  /** Most rows of the output table that a step opens for {@code targets} words to predict; 0 where it opens all. */
  default long touchedRows(long targets) {
    return 0;
  }

  /** Logits of a training step for {@code targets} words to predict, at least. */
  long logits(long targets, int words);

  private static TensorSpec table(String name, String component, long rows, long columns) {
    return new TensorSpec(name, component, new Shape(rows, columns), true, Initial.WIDE);
  }

  private static TensorSpec bias(String name, long rows) {
    return new TensorSpec(name, "output bias", new Shape(rows, 1), false, Initial.ZERO);
  }

  /** A logit for every word. */
  record Full() implements SoftmaxSpec {
    @Override
    public void check(int words) {}

    @Override
    public long logits(long targets, int words) {
      return Math.multiplyExact(targets, (long) words);
    }

    @Override
    public String toString() {
      return "full";
    }
  }

  /**
   * The right word against drawn ones (Jean et al., 2015).
   *
   * @param samples words drawn for a step, at least 1
   */
  record Sampled(int samples) implements SoftmaxSpec {
    /** Checks the range. */
    public Sampled {
      if (samples < 1) {
        throw new IllegalArgumentException("softmax sampled:" + samples + ": must be >= 1");
      }
    }

    @Override
    public void check(int words) {
      if (samples >= words) {
        throw new IllegalArgumentException("softmax sampled:" + samples + ": must be below the " + words
            + " words of the corpus; use full");
      }
    }

    @Override
    public long touchedRows(long targets) {
      return targets + samples;
    }

    @Override
    public long logits(long targets, int words) {
      return Math.multiplyExact(targets, samples + 1L);
    }

    @Override
    public String toString() {
      return "sampled:" + samples;
    }
  }

  /**
   * Two levels (Grave et al., 2017, arXiv 1609.04309): the head chooses among the frequent words and the tails, a tail
   * among its words.
   *
   * <p>With cutoffs c_0 &lt; c_1 &lt; ... the head has the words below c_0 and an entry for each tail; tail k = 1, 2,
   * ... has the words of [c_(k-1), c_k), the last one the rest, in max(1, columns / 4^k) columns. Log-probabilities are
   * exact: log p(word) = log p(tail | head) + log p(word | tail). Words are numbered by falling frequency.
   *
   * @param cutoffs ascending, at least 1; none for max(V / 15, 100) and three times that, as far as they are below the
   *     V words of the corpus
   */
  record Adaptive(List<Integer> cutoffs) implements SoftmaxSpec {
    private static final int REDUCTION = 4;
    private static final int SHARE = 15;
    private static final int LEAST = 100;

    /** Checks the order and copies the list. */
    public Adaptive {
      cutoffs = List.copyOf(cutoffs);
      int last = 0;
      for (int cutoff : cutoffs) {
        if (cutoff <= last) {
          throw new IllegalArgumentException("softmax " + text(cutoffs) + ": cutoffs must be >= 1 and ascend");
        }
        last = cutoff;
      }
    }

    private static String text(List<Integer> cutoffs) {
      return cutoffs.isEmpty()
          ? "adaptive"
          : "adaptive:" + cutoffs.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    @Override
    public void check(int words) {
      if (!cutoffs.isEmpty() && cutoffs.getLast() > words) {
        throw new IllegalArgumentException("softmax " + this + ": cutoffs must be at most the " + words
            + " words of the corpus");
      }
    }

    /** Where the head and each tail end; the last is {@code words}. */
    List<Integer> ends(int words) {
      int first = Math.max(words / SHARE, LEAST);
      List<Integer> ends = new ArrayList<>(cutoffs.isEmpty() ? List.of(first, 3 * first) : cutoffs);
      ends.removeIf(end -> end >= words);
      ends.add(words);
      return ends;
    }

    @Override
    public List<TensorSpec> tensors(NetworkConfig network, int words) {
      List<Integer> ends = ends(words);
      int columns = network.output();
      List<TensorSpec> tensors = new ArrayList<>();
      tensors.add(table("input.table", "input table", words, network.embedding()));
      tensors.add(table("output.head.table", "output table", headEntries(ends), columns));
      tensors.add(bias("output.head.bias", headEntries(ends)));
      long reduced = columns;
      for (int k = 1; k < ends.size(); k++) {
        String name = "output.tail." + k;
        long rows = (long) ends.get(k) - ends.get(k - 1);
        reduced = Math.max(1, reduced / REDUCTION);
        tensors.add(table(name + ".table", "output table", rows, reduced));
        tensors.add(bias(name + ".bias", rows));
        tensors.add(new TensorSpec(name + ".projection", "output projections", new Shape(reduced, columns), false,
            Initial.uniform(1 / Math.sqrt(columns))));
      }
      return tensors;
    }

    private static long headEntries(List<Integer> ends) {
      return ends.getFirst() + ends.size() - 1L;
    }

    /** Those of the head; how many words fall into the tails is not known. */
    @Override
    public long logits(long targets, int words) {
      return Math.multiplyExact(targets, headEntries(ends(words)));
    }

    @Override
    public String toString() {
      return text(cutoffs);
    }
  }
}
