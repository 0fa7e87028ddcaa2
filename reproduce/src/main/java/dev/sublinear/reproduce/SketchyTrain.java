/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.train.report.ByteSize;
import dev.sublinear.train.report.MarkdownTable;
import dev.sublinear.train.report.Numbers;
import dev.sublinear.train.report.ReportRun;
import dev.sublinear.train.report.Summary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Adam, Shampoo and S-Shampoo on tensors that are no tables: each gets a learning-rate search of the same budget,
 * chosen by validation; then the winner is trained with paired seeds and tested once; then short trainings in turn are
 * timed.
 *
 * @param networks what is trained, given the size and the data
 * @param adam the yardstick
 * @param shampoo with whole covariances
 * @param sketched with sketches of them
 */
record SketchyTrain(SketchySpectra.NetworkSource networks, Method adam, Method shampoo, Method sketched)
    implements
      Experiment {
  private static final int TIMINGS = 5;
  private static final double LOSS_GOAL = 1.01;

  @Override
  public String id() {
    return "sketchy-train";
  }

  @Override
  public String title() {
    return "Adam, Shampoo and S-Shampoo on small networks";
  }

  private record Found(Method method, RateSearch search) {
    float rate() {
      return search.best();
    }
  }

  /** What came out for one method, seed by seed. */
  private record Outcome(Found found, List<ReportRun> runs, List<Double> stepMillis, List<Double> optimizerMillis) {
    List<Double> losses() {
      return runs.stream().map(run -> loss(run, run.summary().scores().test())).toList();
    }
  }

  @Override
  public void run(Lab lab, Document document) throws IOException {
    List<DenseTask> tasks = networks.open(lab);
    tasks.forEach(task -> List.of(adam, shampoo, sketched).forEach(task::check));
    document.say("""
        Paper, figure 2: on ImageNet (ResNet-50) Shampoo reaches 77.69 % top-1, S-Shampoo with sketches of 256 directions of blocks of\
         1,024 77.18 %, Adam 76.76 %; on Librispeech word error rates 5.06, 5.45 and 5.50 %; on molecules 1 - AP 0.733, 0.731 and 0.7465.\
         Shampoo takes statistics in every step and roots in every tenth; S-Shampoo sees every tenth gradient only, and takes roots\
         then.""");
    document.say(switch (lab.size()) {
      case SMOKE -> "This is the smoke run: it shows that everything runs; its figures say nothing.";
      case SHORT -> """
          Scaled down to two cores: small networks, some minutes in place of days. Sides are up to 784 long (convolutions are small, and\
           dimensions whose product is at most 1,024 are merged from the left), so 64 directions are a larger part than in the paper,\
           and what a sketch saves is less. Ratios between tuned optimizers of one short training say\
           which are in one class.""";
      case FULL -> "A residual network and a larger language model; without the paper's data.";
    });
    document
        .say("Every method searches its learning rate (one for all tensors it updates; those of Shampoo are Adam's / 8,"
            + " since its momentum is a sum and not a mean; further by factors of 2 if the best is at the edge) by validation loss;"
            + " then trains with seeds that no search saw, the same first weights and batches for all methods; the test data are"
            + " scored once, at the end.");
    for (DenseTask task : tasks) {
      report(document, task, measure(lab, task));
    }
  }

  private List<Outcome> measure(Lab lab, DenseTask task) {
    List<Found> found = lab.together(List.of(adam, shampoo, sketched), (own, method) -> {
      RateSearch search = RateSearch.of("").trying(own, task.rates().stream().map(method::rate).toList(),
          RateSearch.FURTHER, (trainer, rate) -> search(trainer, task, method, rate));
      return new Found(method, search);
    });
    List<List<ReportRun>> runs = lab.paired(task.seeds(), found, (own, each, seed) -> {
      ReportRun run = task.last(own, each.method, each.rate(), seed);
      lab.say(String.format(Locale.ROOT, "%s, seed %d, %s, lr %s: test loss %.4f", task.title(), seed,
          each.method.label(), each.rate(), loss(run, run.summary().scores().test())));
      return run;
    });
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      outcomes.add(new Outcome(found.get(i), runs.get(i), new ArrayList<>(), new ArrayList<>()));
    }
    for (int i = 1; i <= TIMINGS; i++) {
      lab.say(task.title() + ", timing " + i + " of " + TIMINGS);
      for (Outcome outcome : outcomes) {
        time(lab, task, outcome);
      }
    }
    return outcomes;
  }

  /** The mean validation loss of the trainings of a search with this rate. */
  private static double search(Lab lab, DenseTask task, Method method, float rate) {
    double sum = 0;
    for (long seed : task.searchSeeds()) {
      ReportRun run = task.search(lab, method, rate, seed);
      sum += loss(run, run.summary().scores().validation());
    }
    double loss = sum / task.searchSeeds().size();
    lab.say(String.format(Locale.ROOT, "%s, search, %s, lr %s: validation loss %.4f", task.title(), method.label(),
        rate, loss));
    return loss;
  }

  /** Means, not medians: nine steps in ten of a rule that takes roots in every tenth are cheap. */
  private static void time(Lab lab, DenseTask task, Outcome outcome) {
    Summary.Throughput throughput =
        task.timing(lab, outcome.found.method, outcome.found.rate()).summary().throughput();
    outcome.stepMillis.add(throughput == null ? Double.NaN : throughput.stepMillisMean());
    outcome.optimizerMillis.add(throughput == null ? Double.NaN : throughput.optimizerMillisMean());
  }

  private static double loss(ReportRun run, Summary.@Nullable Score score) {
    return score == null || run.summary().outcome().divergedAtStep() != null ? Double.POSITIVE_INFINITY : score.loss();
  }

  private void report(Document document, DenseTask task, List<Outcome> outcomes) throws IOException {
    document.section(task.title());
    document.say(String.format(Locale.ROOT, "%s Seeds of the search %s (their mean counts), of the final trainings %s.",
        task.setting(), task.searchSeeds(), task.seeds()));
    Outcome base = outcomes.getFirst();
    MarkdownTable table = new MarkdownTable("optimizer", "lr", "test loss, by seed", "ratio to " + adam.label(),
        "error rate or perplexity, by seed", "state", "ms a step", "of them the optimizer");
    for (Outcome outcome : outcomes) {
      Summary summary = outcome.runs.getFirst().summary();
      table.row(outcome.found.method.label() + ": `" + outcome.found.method.optimizer() + "`",
          Float.toString(outcome.found.rate()),
          outcome.losses().stream().map(SketchyTrain::loss).collect(Collectors.joining(", ")),
          outcome.equals(base) ? "1" : PairedRatio.of(outcome.losses(), base.losses()).text(),
          outcome.runs.stream().map(SketchyTrain::score).collect(Collectors.joining(", ")),
          ByteSize.format(summary.bytes().optimizerState()),
          String.format(Locale.ROOT, "%.1f", Comparison.median(outcome.stepMillis)),
          String.format(Locale.ROOT, "%.1f", Comparison.median(outcome.optimizerMillis)));
    }
    document.table(table);
    document.say("Loss in nats; ratios are geometric means over the paired seeds, " + PairedRatio.INTERVAL
        + "; a goal is met if its lower end is at or below it."
        + " State: of all tensors, the word tables of a language model included. Time: mean over the steps of a short"
        + " training, median over such trainings of all methods in turn.");
    document.table(goals(outcomes));
    MarkdownTable searches = new MarkdownTable("optimizer", "validation loss by learning rate");
    for (Outcome outcome : outcomes) {
      searches.row(outcome.found.method.label(), outcome.found.search.text(SketchyTrain::loss));
    }
    document.table(searches);
    Chart chart = new Chart("sketchy-train: " + task.title() + ", seed " + task.seeds().getFirst(), "step",
        "validation loss, nats");
    for (Outcome outcome : outcomes) {
      chart.validation(outcome.found.method.label(), outcome.runs.getFirst());
    }
    document.picture(chart);
  }

  private MarkdownTable goals(List<Outcome> outcomes) {
    Outcome whole = outcomes.get(1);
    Outcome small = outcomes.get(2);
    MarkdownTable table = new MarkdownTable("goal", "measured", "met");
    PairedRatio toAdam = PairedRatio.of(small.losses(), outcomes.getFirst().losses());
    table.row(sketched.label() + " at least as good as " + adam.label() + " at equal steps: test loss ratio <= 1",
        toAdam.text(), met(toAdam, 1));
    PairedRatio toWhole = PairedRatio.of(small.losses(), whole.losses());
    table.row("within 1 % of " + shampoo.label() + "'s loss", toWhole.text(), met(toWhole, LOSS_GOAL));
    double time = Comparison.median(small.stepMillis) / Comparison.median(whole.stepMillis);
    table.row("a step takes no longer than " + shampoo.label() + "'s", String.format(Locale.ROOT, "%.2f", time),
        time <= 1 ? "yes" : "no");
    return table;
  }

  private static String met(PairedRatio ratio, double goal) {
    return new Method.RatioGoal(goal, true, null).isMet(ratio) ? "yes" : "no";
  }

  private static String loss(double loss) {
    return RateSearch.text(loss, finite -> String.format(Locale.ROOT, "%.4f", finite));
  }

  private static String score(ReportRun run) {
    Summary.Score score = run.summary().scores().test();
    if (score == null) {
      return "diverged";
    }
    Double errors = score.errorRate();
    return errors == null
        ? Numbers.perplexity(score.perplexity())
        : String.format(Locale.ROOT, "%.2f %%", 100 * errors);
  }
}
