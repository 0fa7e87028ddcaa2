/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.layout.StateArray;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.Workers;
import dev.sublinear.train.data.Corpus;
import dev.sublinear.train.loop.LmOptions;
import dev.sublinear.train.loop.LmTraining;
import dev.sublinear.train.loop.TrainingListener;
import dev.sublinear.train.model.Weight;
import dev.sublinear.train.report.MarkdownTable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Appendix A: how much of the absolute mass of gradients and moments lies in how few coordinates, and whether the
 * largest stay the same.
 *
 * @param recipes the training that is looked at, by size: dense Adam at the first of its rates
 */
record PowerLaw(Function<Size, Recipe> recipes) implements Experiment {
  private static final int LOOKS = 12;
  private static final int TOP = 100;
  private static final double MASS = 0.5;
  private static final double PAPER = 0.2;

  @Override
  public String id() {
    return "cs-power-law";
  }

  @Override
  public String title() {
    return "half of the mass of gradients and moments lies in few coordinates";
  }

  @Override
  public void run(Lab lab, Document document) throws IOException {
    Recipe sized = recipes.apply(lab.size());
    Corpus corpus = Recipe.withoutTest(Recipe.shortened(lab.text(sized.vocabulary())));
    LmOptions options = sized.denseAdam();
    LmTraining.check(options, corpus);
    try (Watch watch = new Watch(options.length().steps(1), lab)) {
      lab.trainToTheEnd("power law", options, corpus, watch);
      report(watch.looks, document, options, corpus);
    }
  }

  private static void report(Map<String, List<Look>> looks, Document document, LmOptions options, Corpus corpus)
      throws IOException {
    document.say("Paper, appendix A: during the training of an LSTM on WikiText-2 half of the absolute mass of"
        + " gradients, first and second moments lies in less than a fifth of the coordinates on average, and which"
        + " coordinates are the 100 largest changes: what a sketch can use, and a fixed choice of coordinates cannot.");
    document.say(String.format(Locale.ROOT,
        "Here: dense Adam, lr %s, %,d steps of %d x %d tokens, %,d words, %s, seed %d;"
            + " looked at %d times. The input table's gradient has rows for the words of a step only, and moments decay"
            + " on touch; the output table's is dense under the full softmax.",
        options.optimization().learningRate(),
        options.length().steps(1), options.data().batch(), options.data().bptt(), corpus.vocabulary().size(),
        options.network(), options.seed(), LOOKS));
    MarkdownTable table = new MarkdownTable("quantity", "paper", "coordinates with half the mass, mean", "least",
        "greatest", "below a fifth", "of the top 100, still there at the next look");
    looks.forEach((name, list) -> {
      double mean = list.stream().mapToDouble(Look::share).average().orElseThrow();
      table.row(name, "< 20 %", percent(mean), percent(list.stream().mapToDouble(Look::share).min().orElseThrow()),
          percent(list.stream().mapToDouble(Look::share).max().orElseThrow()), mean < PAPER ? "yes" : "no",
          String.format(Locale.ROOT, "%.0f", kept(list)));
    });
    document.section("Results");
    document.table(table);
    Chart shares = new Chart("cs-power-law: coordinates that hold half of the mass", "step", "share of coordinates");
    looks.forEach((name, list) -> shares.curve(name, list.stream().map(look -> (double) look.step()).toList(),
        list.stream().map(Look::share).toList(), true));
    document.picture(shares);
    Chart mass = new Chart("cs-power-law: mass in the largest coordinates, last look", "share of coordinates",
        "share of the absolute mass");
    looks.forEach((name, list) -> mass.curve(name, Look.SHARES, list.getLast().curve(), false));
    document.picture(mass);
  }

  private static double kept(List<Look> list) {
    double sum = 0;
    for (int i = 1; i < list.size(); i++) {
      Set<Integer> both = new HashSet<>(list.get(i).top());
      both.retainAll(list.get(i - 1).top());
      sum += both.size();
    }
    return sum / (list.size() - 1);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /**
   * One quantity at one step.
   *
   * @param share of the coordinates that holds half of the absolute mass
   * @param top the largest coordinates
   * @param curve share of the mass in the largest coordinates, for {@link #SHARES}
   */
  record Look(long step, double share, Set<Integer> top, List<Double> curve) {
    static final List<Double> SHARES = Arrays.stream(new double[] {0, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15,
      0.2, 0.3, 0.4, 0.5, 0.75, 1}).boxed().toList();

    static Look of(long step, float[] values) {
      float[] sizes = new float[values.length];
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] = Math.abs(values[i]);
      }
      float[] sorted = sizes.clone();
      Arrays.sort(sorted);
      double[] mass = new double[sorted.length + 1];
      for (int i = 0; i < sorted.length; i++) {
        mass[i + 1] = mass[i] + sorted[sorted.length - 1 - i];
      }
      double total = mass[sorted.length];
      int half = 0;
      while (mass[half] < MASS * total) {
        half++;
      }
      float least = sorted[Math.max(0, sorted.length - TOP)];
      Set<Integer> top = new HashSet<>();
      for (int i = 0; i < sizes.length && top.size() < TOP; i++) {
        if (sizes[i] >= least && sizes[i] > 0) {
          top.add(i);
        }
      }
      List<Double> curve = SHARES.stream().map(share -> mass[(int) (share * sorted.length)] / total).toList();
      return new Look(step, (double) half / sorted.length, top, curve);
    }
  }

  /** Keeps exact moments of the tables beside the training and looks at them now and then. */
  private static final class Watch implements TrainingListener, AutoCloseable {
    private final Map<String, List<Look>> looks = new LinkedHashMap<>();
    private final Map<Weight, RowOptimizer> moments = new HashMap<>();
    private final long every;
    private final Arena arena = Arena.ofShared();
    private final Workers workers;

    Watch(long steps, Lab lab) {
      every = Math.max(1, steps / LOOKS);
      workers = new Workers(lab.threads());
    }

    @Override
    public void gradients(long step, List<Weight> weights, List<Gradient> gradients) {
      for (int i = 0; i < weights.size(); i++) {
        Weight weight = weights.get(i);
        if (weight.spec().isTable()) {
          RowOptimizer adam = moments.computeIfAbsent(weight, this::adam);
          adam.step(gradients.get(i), 1);
          if (step % every == 0) {
            look(step, weight, gradients.get(i), adam);
          }
        }
      }
    }

    /** Adam on parameters that nobody reads. */
    private RowOptimizer adam(Weight weight) {
      RowTable table = RowTable.allocate(arena, weight.table().rows(), weight.table().columns());
      return new RowOptimizer(OptimizerSpec.parse("adam"), table, 1, arena, workers);
    }

    private void look(long step, Weight weight, Gradient gradient, RowOptimizer adam) {
      float[] whole = new float[Math.toIntExact(weight.table().rows() * weight.table().columns())];
      for (long k = 0; k < gradient.count(); k++) {
        MemorySegment.copy(gradient.values(), ValueLayout.JAVA_FLOAT, gradient.offset(k), whole,
            Math.toIntExact(gradient.row(k) * gradient.columns()), gradient.columns());
      }
      add(step, weight.spec().component() + ", gradient", whole);
      for (StateArray array : adam.arrays()) {
        add(step, weight.spec().component() + ", " + array.name().substring(0, 1),
            array.data().toArray(ValueLayout.JAVA_FLOAT));
      }
    }

    private void add(long step, String name, float[] values) {
      looks.computeIfAbsent(name, key -> new ArrayList<>()).add(Look.of(step, values));
    }

    @Override
    public void close() {
      try (arena; workers) {
        moments.clear();
      }
    }
  }
}
