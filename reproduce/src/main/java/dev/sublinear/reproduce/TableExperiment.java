/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.train.report.ByteSize;
import dev.sublinear.train.report.MarkdownTable;
import dev.sublinear.train.report.Metric;
import dev.sublinear.train.report.Numbers;
import dev.sublinear.train.report.ProbeMetric;
import dev.sublinear.train.report.ReportRun;
import dev.sublinear.train.report.Summary;
import dev.sublinear.train.report.TrainMetric;
import dev.sublinear.train.report.ValidationMetric;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * A table of perplexities: {@link Comparison} of its methods, and the paper's row beside the measured one.
 *
 * @param id the name on the command line
 * @param title what it is about
 * @param paper the paper's setting, in a paragraph
 * @param scaling how the short form differs from it and why the comparison still means something
 * @param scope what the methods update
 * @param recipes how methods are trained, by size
 * @param methods the rows; the first is the one the others are compared to
 */
record TableExperiment(String id, String title, String paper, String scaling, Scope scope,
    Function<Size, Recipe> recipes, List<Method> methods) implements Experiment {
  /** The wall time of an epoch may be this much longer than with dense state of the word tables. */
  private static final double TIME_GOAL = 1.03;

  /** Charts of perplexities end at this many times the best. */
  private static final double CHART_RANGE = 5;

  @Override
  public void run(Lab lab, Document document) throws IOException {
    Recipe recipe = recipes.apply(lab.size());
    Comparison.Result result = Comparison.run(lab, recipe, scope, methods);
    List<Comparison.Outcome> outcomes = result.outcomes();
    document.say(paper);
    document.say(switch (lab.size()) {
      case SMOKE -> "This is the smoke run: it shows that everything runs; its figures say nothing.";
      case SHORT -> scaling;
      case FULL ->
        "This is the long form: the paper's network and length where they are known, on the text that is there.";
    });
    document.say(text(outcomes) + protocol(recipe));
    document.section("Results");
    document.table(results(outcomes));
    document
        .say("Ratio: test perplexity over that of the first row, geometric mean over the paired seeds, "
            + PairedRatio.INTERVAL
            + ". A goal is met if the lower end of that interval is at or below it (a row that is"
            + " there to be seen failing: if it reaches it). State: " + switch (scope) {
              case WORD_TABLES -> "optimizer state of the word tables over that of the same rule with dense layouts.";
              case ALL_TENSORS -> "optimizer state of all tensors, and over that of the first row.";
            }
            + " Time: median duration of a step over that of the first row, median over short trainings of all methods in"
            + " turn.");
    document.section("Learning rates");
    if (recipe.rates().size() > 1) {
      document.table(searches(result));
      document.say("Validation perplexity of the search; the lowest of a row was taken.");
      document.picture(searchChart(outcomes));
    }
    document.section("Course of the trainings");
    document.picture(lossChart(outcomes, recipe));
    document.picture(validationChart(outcomes, recipe));
    if (recipe.budget().probe() > 0) {
      document.section("Errors of the moments");
      document.say(String.format(Locale.ROOT, "Relative l2 error of the second moment over %,d seeded rows of a table"
          + " against the exact one (`--probe`).", recipe.budget().probe()));
      for (String name : List.of("input.table", "output.table")) {
        document.picture(errorChart(outcomes, recipe, name));
      }
    }
  }

  private static String text(List<Comparison.Outcome> outcomes) {
    Summary.Corpus corpus = outcomes.getFirst().runs().getFirst().summary().task().corpus();
    return corpus == null
        ? ""
        : String.format(Locale.ROOT, "Text: %s, %,d training tokens, %,d words. ", corpus.name(), corpus.tokens(),
            corpus.vocabulary());
  }

  private String protocol(Recipe recipe) {
    String search = recipe.rates().size() == 1
        ? "The learning rate is the paper's."
        : String.format(Locale.ROOT,
            "Every method searches the learning rate%s (%s%s; further by factors of 2 if the best is at the edge) with"
                + " seed %d on %,d tokens, by the perplexity of the first 20,000 validation tokens.%s",
            scope == Scope.WORD_TABLES ? " of the tables" : "", recipe.rates(),
            methods.stream().allMatch(method -> method.rateFactor() == 1) ? "" : ", for some rows times a factor",
            Recipe.SEARCH_SEED, recipe.budget().searchTokens(),
            switch (scope) {
              case WORD_TABLES -> " The rate of all other tensors is the best where they and the tables have the same"
                  + " rate and dense state, found in the same way, for all rows.";
              case ALL_TENSORS -> " That is one rate for all tensors; from there every method searches that of the word"
                  + " tables, from there that of the others, by factors of 2, and each once more as long as the one before"
                  + " it moved.";
            });
    return search + String.format(Locale.ROOT, " Then %,d tokens with each of the seeds %s, the same first weights,"
        + " batches and negatives for all methods; the test text is scored once, at the end. Batch %d x %d tokens, clip"
        + " %s, schedule `%s`; %s; softmax %s. %s", recipe.budget().tokens(),
        recipe.budget().seeds(), recipe.batch(),
        recipe.bptt(), recipe.clip(), recipe.schedule(), recipe.network(), recipe.softmax(), switch (scope) {
          case WORD_TABLES -> "Only the optimizer of the two word tables differs between rows; all other tensors have"
              + " the rule of the first row with dense state.";
          case ALL_TENSORS -> "A row's optimizer updates every tensor.";
        });
  }

  private MarkdownTable results(List<Comparison.Outcome> outcomes) {
    Comparison.Outcome base = outcomes.getFirst();
    Double basePaper = base.method().paper();
    MarkdownTable table = new MarkdownTable(heading(), "paper", "paper's ratio", "measured, by seed", "ratio",
        "goal", "met", "state", "time", "lr");
    for (Comparison.Outcome outcome : outcomes) {
      Method method = outcome.method();
      PairedRatio ratio = PairedRatio.of(outcome.perplexities(), base.perplexities());
      Double paper = method.paper();
      Method.RatioGoal goal = method.goal();
      table.row(method.label() + ": `" + method.optimizer() + "`",
          paper == null ? "" : Numbers.perplexity(paper),
          paper == null || basePaper == null ? "" : PairedRatio.text(paper / basePaper),
          String.join(", ", outcome.perplexities().stream().map(Numbers::perplexity).toList()),
          outcome.equals(base) ? "1" : ratio.text(),
          goal == null ? "" : goal(goal, outcome, outcomes),
          goal == null ? "" : goal.isMet(ratio(goal, outcome, outcomes)) ? "yes" : "no",
          state(outcome, base), time(outcome, base), outcome.tuning().text(scope));
    }
    return table;
  }

  /** The limit, and where it is not one of the ratio to the first row, of which row and what was measured. */
  private static String goal(Method.RatioGoal goal, Comparison.Outcome outcome, List<Comparison.Outcome> outcomes) {
    String limit = (goal.isUpperLimit() ? "<= " : ">= ") + goal.ratio();
    return goal.base() == null ? limit : limit + " of " + goal.base() + ": " + ratio(goal, outcome, outcomes).text();
  }

  private static PairedRatio ratio(Method.RatioGoal goal, Comparison.Outcome outcome,
      List<Comparison.Outcome> outcomes) {
    Comparison.Outcome base = goal.base() == null
        ? outcomes.getFirst()
        : outcomes.stream().filter(other -> other.method().label().equals(goal.base())).findFirst().orElseThrow();
    return PairedRatio.of(outcome.perplexities(), base.perplexities());
  }

  private String state(Comparison.Outcome outcome, Comparison.Outcome base) {
    Summary.Bytes bytes = outcome.runs().getFirst().summary().bytes();
    return switch (scope) {
      case WORD_TABLES -> String.format(Locale.ROOT, "%.1f %%",
          100.0 * bytes.tables().optimizerState() / bytes.tables().optimizerStateDense());
      case ALL_TENSORS -> String.format(Locale.ROOT, "%s (%.1f %%)", ByteSize.format(bytes.optimizerState()),
          100.0 * bytes.optimizerState() / base.runs().getFirst().summary().bytes().optimizerState());
    };
  }

  private String time(Comparison.Outcome outcome, Comparison.Outcome base) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < base.stepMillis().size(); i++) {
      ratios.add(outcome.stepMillis().get(i) / base.stepMillis().get(i));
    }
    double median = Comparison.median(ratios);
    boolean isTooLong = scope == Scope.WORD_TABLES && median > TIME_GOAL;
    return String.format(Locale.ROOT, isTooLong ? "%.2f (> 1.03)" : "%.2f", median);
  }

  private String heading() {
    return scope == Scope.WORD_TABLES ? "tables' optimizer" : "optimizer";
  }

  private MarkdownTable searches(Comparison.Result result) {
    return switch (scope) {
      case WORD_TABLES -> searchesByRate(result);
      case ALL_TENSORS -> {
        MarkdownTable table = new MarkdownTable(heading(), "validation perplexity by learning rate");
        for (Comparison.Outcome outcome : result.outcomes()) {
          outcome.tuning().searches().forEach(
              search -> table.row(search.label(outcome.method().label()), search.text(Numbers::perplexity)));
        }
        yield table;
      }
    };
  }

  private MarkdownTable searchesByRate(Comparison.Result result) {
    SortedSet<Float> rates = new TreeSet<>(result.shared().scores().keySet());
    result.outcomes().forEach(outcome -> rates.addAll(charted(outcome).keySet()));
    List<String> headers = new ArrayList<>(List.of(heading()));
    rates.forEach(rate -> headers.add("lr " + rate));
    MarkdownTable table = new MarkdownTable(headers.toArray(String[]::new));
    addSearch(table, result.shared().label(result.outcomes().getFirst().method().label()), rates,
        result.shared().scores());
    result.outcomes().forEach(outcome -> addSearch(table, outcome.method().label(), rates, charted(outcome)));
    return table;
  }

  private static void addSearch(MarkdownTable table, String label, SortedSet<Float> rates,
      SortedMap<Float, Double> scores) {
    List<String> cells = new ArrayList<>(List.of(label));
    for (float rate : rates) {
      Double perplexity = scores.get(rate);
      cells.add(perplexity == null ? "" : RateSearch.text(perplexity, Numbers::perplexity));
    }
    table.row(cells.toArray(String[]::new));
  }

  /** The first search of every method. */
  private Chart searchChart(List<Comparison.Outcome> outcomes) {
    Chart chart = new Chart(id + ": search", "learning rate", "validation perplexity").logarithmic(true, false)
        .upTo(CHART_RANGE * Collections.min(charted(outcomes.getFirst()).values()));
    for (Comparison.Outcome outcome : outcomes) {
      SortedMap<Float, Double> search = charted(outcome);
      chart.curve(outcome.method().label(), search.keySet().stream().map(Float::doubleValue).toList(),
          List.copyOf(search.values()), true);
    }
    return chart;
  }

  private static SortedMap<Float, Double> charted(Comparison.Outcome outcome) {
    return outcome.tuning().searches().getFirst().scores();
  }

  private Chart lossChart(List<Comparison.Outcome> outcomes, Recipe recipe) {
    Chart chart =
        new Chart(id + ": training, seed " + recipe.budget().seeds().getFirst(), "tokens", "training loss, nats");
    for (Comparison.Outcome outcome : outcomes) {
      add(chart, outcome, TrainMetric.class, TrainMetric::loss);
    }
    return chart;
  }

  private Chart validationChart(List<Comparison.Outcome> outcomes, Recipe recipe) {
    String title = id + ": validation, seed " + recipe.budget().seeds().getFirst();
    Chart chart = new Chart(title, "tokens", "perplexity")
        .upTo(CHART_RANGE * outcomes.getFirst().perplexities().getFirst());
    for (Comparison.Outcome outcome : outcomes) {
      add(chart, outcome, ValidationMetric.class, metric -> metric.validation().perplexity());
    }
    return chart;
  }

  private Chart errorChart(List<Comparison.Outcome> outcomes, Recipe recipe, String name) {
    Chart chart = new Chart(id + ": v of " + name + ", seed " + recipe.budget().seeds().getFirst(), "tokens",
        "relative l2 error").logarithmic(false, true);
    for (Comparison.Outcome outcome : outcomes) {
      add(chart, outcome, ProbeMetric.class, metric -> metric.probe().stream()
          .filter(error -> error.table().equals(name) && error.slot().equals("v"))
          .findFirst().map(ProbeMetric.SlotError::relativeError).orElse(Double.NaN));
    }
    return chart;
  }

  private static <M extends Metric> void add(Chart chart, Comparison.Outcome outcome, Class<M> kind,
      Function<M, Double> value) {
    ReportRun run = outcome.runs().getFirst();
    List<M> metrics = run.metrics(kind);
    chart.curve(outcome.method().label(), metrics.stream().map(metric -> (double) metric.at().count()).toList(),
        metrics.stream().map(value).toList(), kind == ValidationMetric.class);
  }
}
