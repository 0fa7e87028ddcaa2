/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.layout.Term;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.Probe;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * Figure 2: how far approximations of Adam's moments, all of about the same size, are from the exact ones.
 *
 * <p>The training is that of dense Adam; beside it every approximation follows the same gradients, and all its rows are
 * compared with the exact moments, so that errors of one do not change the gradients of another.
 *
 * @param recipes the training that is followed, by size: dense Adam at the first of its rates
 */
record Figure2(Function<Size, Recipe> recipes) implements Experiment {
  private static final int LOOKS = 25;
  private static final int DEPTH = 3;

  /**
   * Approximations by label: the state of both moments, where RATIO is what a sketch needs for its equal share of
   * bytes.
   */
  private static final Map<String, String> APPROXIMATIONS = approximations();

  private static Map<String, String> approximations() {
    Map<String, String> states = new LinkedHashMap<>();
    states.put("sketch, old value queried", "m=count-sketch:RATIO:decay=queried,v=count-min:RATIO:decay=queried");
    states.put("sketch, as in the paper's code", "m=count-sketch:RATIO,v=count-min:RATIO");
    states.put("sketch, decay=global", "m=count-sketch:RATIO:decay=global,v=count-min:RATIO:decay=global");
    states.put("rank one (NMF)", "m=rank-one:force=true,v=rank-one");
    states.put("rank one (l2, SVD)", "m=rank-one-svd,v=rank-one-svd");
    return states;
  }

  @Override
  public String id() {
    return "cs-figure-2";
  }

  @Override
  public String title() {
    return "l2 error of approximated moments at equal bytes";
  }

  @Override
  public void run(Lab lab, Document document) throws IOException {
    Recipe recipe = recipes.apply(lab.size());
    Corpus corpus = Recipe.withoutTest(Recipe.shortened(lab.text(recipe.vocabulary())));
    LmOptions options = recipe.denseAdam();
    LmTraining.check(options, corpus);
    try (Shadows shadows = new Shadows(options.length().steps(1), lab)) {
      lab.trainToTheEnd("figure 2", options, corpus, shadows);
      report(shadows, document, options, corpus.vocabulary().size());
    }
  }

  private static void report(Shadows shadows, Document document, LmOptions options, int words) throws IOException {
    document.say("Paper, figure 2: WikiText-2, n = 33,278 words, d = 256, all approximations of about equal bytes: a"
        + " sketch of 32,256 floats (printed as [3, 16, 672]; for d = 256 that is [3, 42, 256]) against rank-one factors of"
        + " 33,534. The sketch is consistent for both moments; the non-negative factorisation is poor and erratic on"
        + " the first, which has a sign.");
    document.say(String.format(Locale.ROOT,
        "Here: dense Adam, lr %s, %,d steps of %d x %d tokens, %,d words, d = %d, full"
            + " softmax, seed %d. Relative l2 error ||approximation - exact|| / ||exact|| over all rows, looked at %d times."
            + " A sketch is compared with the moment that its decay aims at: on touch, or of the whole. The gradient of the"
            + " input table has rows for the words of a step only; that of the output table is dense, so that there the two"
            + " are the same.",
        options.optimization().learningRate(), options.length().steps(1), options.data().batch(),
        options.data().bptt(), words, options.network().output(), options.seed(), LOOKS));
    for (String table : shadows.tables()) {
      document.section(table);
      MarkdownTable rows = new MarkdownTable("approximation", "floats a moment", "m: mean error", "m: greatest",
          "v: mean error", "v: greatest");
      shadows.of(table).forEach(shadow -> rows.row(shadow.label, String.format(Locale.ROOT, "%,d", shadow.floats()),
          error(shadow.mean("m")), error(shadow.greatest("m")), error(shadow.mean("v")), error(shadow.greatest("v"))));
      document.table(rows);
      for (String slot : List.of("m", "v")) {
        Chart chart =
            new Chart("cs-figure-2: " + table + ", " + slot, "step", "relative l2 error").logarithmic(false, true);
        shadows.of(table).forEach(shadow -> chart.curve(shadow.label, shadow.steps, shadow.errors(slot), false));
        document.picture(chart);
      }
    }
  }

  private static String error(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, value < 100 ? "%.3f" : "%.2e", value) : "not finite";
  }

  /** One approximation of the moments of one table, and its errors so far. */
  private static final class Shadow {
    private final String label;
    private final RowOptimizer optimizer;
    private final Probe probe;
    private final List<Double> steps = new ArrayList<>();
    private final Map<String, List<Double>> errors = new LinkedHashMap<>();

    Shadow(String label, RowOptimizer optimizer, Probe probe) {
      this.label = label;
      this.optimizer = optimizer;
      this.probe = probe;
    }

    /** Follows a step; the parameters, which nobody reads, stay. */
    void follow(Gradient gradient) {
      optimizer.step(gradient, 0);
      probe.follow(gradient);
    }

    void look(long step) {
      steps.add((double) step);
      for (Probe.Deviation deviation : probe.measure()) {
        errors.computeIfAbsent(deviation.slot(), slot -> new ArrayList<>()).add(deviation.relativeError());
      }
    }

    List<Double> errors(String slot) {
      return errors.getOrDefault(slot, List.of());
    }

    double mean(String slot) {
      return errors(slot).stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    double greatest(String slot) {
      return errors(slot).stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    /** Floats of the smaller of the two moments' states: they differ by a scalar at most. */
    long floats() {
      return optimizer.bytes() / 2 / Float.BYTES;
    }
  }

  /** All approximations of all tables, beside a training. */
  private static final class Shadows implements TrainingListener, AutoCloseable {
    private final Map<Weight, List<Shadow>> shadows = new LinkedHashMap<>();
    private final long every;
    private final Lab lab;
    private final Arena arena = Arena.ofShared();
    private final Workers workers;

    Shadows(long steps, Lab lab) {
      every = Math.max(1, steps / LOOKS);
      this.lab = lab;
      workers = new Workers(lab.threads());
    }

    List<String> tables() {
      return shadows.keySet().stream().map(weight -> weight.spec().component()).toList();
    }

    List<Shadow> of(String table) {
      return shadows.entrySet().stream().filter(entry -> entry.getKey().spec().component().equals(table)).findFirst()
          .orElseThrow().getValue();
    }

    @Override
    public void gradients(long step, List<Weight> weights, List<Gradient> gradients) {
      for (int i = 0; i < weights.size(); i++) {
        if (weights.get(i).spec().isTable()) {
          for (Shadow shadow : shadows.computeIfAbsent(weights.get(i), this::shadows)) {
            shadow.follow(gradients.get(i));
            if (step % every == 0) {
              shadow.look(step);
            }
          }
        }
      }
      if (step % every == 0) {
        lab.say("step " + step);
      }
    }

    private List<Shadow> shadows(Weight weight) {
      RowTable table = RowTable.allocate(arena, weight.table().rows(), weight.table().columns());
      List<Shadow> list = new ArrayList<>();
      APPROXIMATIONS.forEach((label, state) -> {
        String text = "adam " + state.replace("RATIO", Term.plain(ratio(table.rows(), table.columns())));
        RowOptimizer optimizer = new RowOptimizer(OptimizerSpec.parse(text), table, 1, arena, workers);
        list.add(new Shadow(label, optimizer,
            new Probe(optimizer, Math.toIntExact(table.rows()), 1, arena, workers)));
      });
      return list;
    }

    /** The ratio of the widest even sketch that is no larger than rank-one factors, rows + columns floats. */
    static double ratio(long rows, int columns) {
      long width = (rows + columns) / (DEPTH * (long) columns);
      return DEPTH * (width - width % 2 + 0.5) / rows;
    }

    @Override
    public void close() {
      try (arena; workers) {
        shadows.clear();
      }
    }
  }
}
