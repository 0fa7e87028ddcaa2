/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.matrix.linear.LinearAlgebra;
import dev.sublinear.train.report.MarkdownTable;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.stream.LongStream;

/**
 * How few directions hold the mass of Shampoo's Kronecker factors during training: what makes a sketch of them
 * possible.
 *
 * @param networks what is trained, given the size and the data
 */
record SketchySpectra(NetworkSource networks) implements Experiment {
  /** Looks at the spectra of a training. */
  private static final int LOOKS = 12;
  private static final long SEED = 1;

  /** The null model of the paper: order, vectors a step and steps, with its measured figures. */
  private static final int ORDER = 1_024;
  private static final int STEPS = 10_000;
  private static final double OF_ONE = 324.63;
  private static final double OF_64 = 862.13;

  /** Opens the data of networks. */
  interface NetworkSource {
    List<DenseTask> open(Lab lab) throws IOException;
  }

  @Override
  public String id() {
    return "sketchy-spectra";
  }

  @Override
  public String title() {
    return "spectra of Kronecker factors during training";
  }

  @Override
  public void run(Lab lab, Document document) throws IOException {
    List<DenseTask> tasks = networks.open(lab);
    tasks.forEach(task -> task.check(Method.added("Adam", "adam")));
    document.say("""
        Paper, figure 3: exponentially weighted second moments (0.999) of the gradients of a Conformer, a ResNet and a graph network, in\
         blocks of 1,024: their intrinsic dimension, trace over largest eigenvalue, stays below 105 and is 10 to 50 in the mean; the\
         256 leading directions of 1,024 hold 78 % of the mass or more. Gradients without structure would have 324.6 (one vector a\
         step) or 862 (64 vectors).""");
    document.say(String.format(Locale.ROOT, "Here: Adam at one rate on small networks, L = sum of 0.999^(T-t) G G^T and"
        + " R likewise of G^T G for every tensor with two sides of 16 or more (a convolution is its output channels by all"
        + " else), looked at %d times during a training. Beside each factor stands the null model of its own shape and length: standard"
        + " normal gradients. What carries over is the gap between the two; orders of a few hundred cannot have dimensions of"
        + " a thousand, and in a training shorter than 1 / (1 - 0.999) steps the large gradients of its beginning count to the"
        + " end.", LOOKS));
    for (DenseTask task : tasks) {
      KroneckerFactors factors = new KroneckerFactors(Math.max(1, task.steps() / LOOKS));
      lab.say("training: " + task.title());
      task.watch(lab, factors);
      report(lab, document, task, factors);
    }
    document.section("The null model itself");
    document.table(noise(lab));
  }

  private void report(Lab lab, Document document, DenseTask task, KroneckerFactors factors) throws IOException {
    document.section(task.title());
    document.say(task.setting());
    MarkdownTable table = new MarkdownTable("factor", "order", "intrinsic dimension: mean", "last", "of noise",
        "mass of the leading quarter: mean", "last", "of noise");
    LinearAlgebra algebra = LinearAlgebra.openBlas();
    Chart chart = new Chart("sketchy-spectra: " + task.title(), "step", "intrinsic dimension");
    for (KroneckerFactors.Factor factor : factors.factors()) {
      lab.say("noise of order " + factor.order + " x " + factor.other);
      Spectrum noise =
          Spectrum.ofNoise(algebra, factor.order, factor.other, task.steps(), KroneckerFactors.DECAY, SEED);
      Spectrum last = factor.looks.getLast().spectrum();
      table.row(factor.name, String.format(Locale.ROOT, "%,d", factor.order), dimension(factor.meanDimension()),
          dimension(last.intrinsicDimension()), dimension(noise.intrinsicDimension()), mass(factor.meanMass()),
          mass(last.quarterMass()), mass(noise.quarterMass()));
      chart.curve(factor.name, factor.looks.stream().map(look -> (double) look.step()).toList(),
          factor.looks.stream().map(look -> look.spectrum().intrinsicDimension()).toList(), true);
    }
    document.table(table);
    document.picture(chart);
  }

  private static MarkdownTable noise(Lab lab) {
    LinearAlgebra algebra = LinearAlgebra.openBlas();
    MarkdownTable table =
        new MarkdownTable("order", "vectors a step", "steps", "paper", "intrinsic dimension, by seed");
    boolean isSmoke = lab.size() == Size.SMOKE;
    BiFunction<Integer, Integer, List<Double>> measure = (other, seeds) -> {
      lab.say("noise of order " + ORDER + " x " + other);
      return LongStream.rangeClosed(1, seeds)
          .mapToObj(seed -> Spectrum.ofNoise(algebra, ORDER, other, STEPS, KroneckerFactors.DECAY, seed)
              .intrinsicDimension())
          .toList();
    };
    add(table, 1, OF_ONE, measure.apply(1, isSmoke ? 1 : 3));
    if (!isSmoke) {
      add(table, 64, OF_64, measure.apply(64, 1));
    }
    return table;
  }

  private static void add(MarkdownTable table, int other, double paper, List<Double> measured) {
    table.row(String.format(Locale.ROOT, "%,d", ORDER), Integer.toString(other),
        String.format(Locale.ROOT, "%,d", STEPS), String.format(Locale.ROOT, "%.2f", paper),
        String.join(", ", measured.stream().map(SketchySpectra::dimension).toList()));
  }

  private static String dimension(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String mass(double value) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * value);
  }
}
