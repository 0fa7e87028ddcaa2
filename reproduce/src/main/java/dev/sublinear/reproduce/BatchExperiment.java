/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.train.data.Corpus;
import dev.sublinear.train.loop.LmTraining;
import dev.sublinear.train.report.ByteSize;
import dev.sublinear.train.report.MarkdownTable;
import dev.sublinear.train.report.Numbers;
import dev.sublinear.train.report.Summary;
import dev.sublinear.train.report.ValidationMetric;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What the memory that an optimizer saves buys: at the bytes of Adam with its batch, another optimizer has a larger
 * batch; how many steps, and how much time, it takes to the loss at which Adam ends.
 *
 * @param recipes how Adam is trained, by size
 * @param small the optimizer with little state
 */
record BatchExperiment(Function<Size, Recipe> recipes, Method small) implements Experiment {
  private static final Method ADAM = Method.added("Adam", "adam");

  @Override
  public String id() {
    return "sm3-batch";
  }

  @Override
  public String title() {
    return "a larger batch in the memory that SM3 saves";
  }

  /**
   * One row of the table.
   *
   * @param times its batch over that of the recipe
   * @param bytes what such a training takes
   * @param outcome what came out
   */
  private record Row(int times, long bytes, Comparison.Outcome outcome) {
    String label() {
      return outcome.method().label() + ", batch x " + times;
    }

    /** The first step at which the validation loss was at most {@code loss}; empty if it never was. */
    Optional<Long> stepsTo(double loss, int seed) {
      return outcome.runs().get(seed).metrics(ValidationMetric.class).stream()
          .filter(metric -> metric.validation().loss() <= loss)
          .map(metric -> metric.at().step()).findFirst();
    }
  }

  @Override
  public void run(Lab lab, Document document) throws IOException {
    Recipe recipe = recipes.apply(lab.size());
    Corpus corpus = lab.text(recipe.vocabulary());
    int words = corpus.vocabulary().size();
    long budget = bytes(recipe, ADAM, words);
    int times = 1;
    while (bytes(recipe.ofBatch(times + 1), small, words) <= budget) {
      times++;
    }
    if (times == 1) {
      throw new IllegalArgumentException(
          small.optimizer() + " saves less than a second batch takes: there is nothing to compare");
    }
    List<Integer> batches = List.of(1, times);
    List<Comparison.Entry> entries = Stream.of(ADAM, small)
        .flatMap(method -> batches.stream()
            .map(batch -> new Comparison.Entry(recipe.ofBatch(batch), method)))
        .toList();
    List<Comparison.Outcome> outcomes = Comparison.run(lab, Scope.ALL_TENSORS, entries).outcomes();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      Comparison.Entry entry = entries.get(i);
      rows.add(new Row(batches.get(i % batches.size()), bytes(entry.recipe(), entry.method(), words), outcomes.get(i)));
    }
    report(document, recipe, rows, words);
  }

  private static long bytes(Recipe recipe, Method method, int words) {
    OptimizerSpec spec = method.spec();
    return LmTraining.bytes(recipe.search(spec, spec, new Rates(1, 1), Recipe.SEARCH_SEED), words);
  }

  private void report(Document document, Recipe recipe, List<Row> rows, int words) throws IOException {
    document.say(
        "Paper: what SM3 saves buys a larger batch, and with it up to twofold speed-ups on very large translation and"
            + " language models.");
    document.say(String.format(Locale.ROOT, "%s, softmax %s, %,d words, batch"
        + " %d x %d tokens for Adam; `%s` gets the largest multiple of that batch whose training takes no more bytes (weights,"
        + " state, gradients, activations kept for the backward pass, as the memory check of `train lm` counts them)."
        + " Every row searches its learning rates (one for all tensors, from there that of the tables, from there that of the"
        + " others, and each once more as long as the one before it moved) on %,d tokens, then trains %,d tokens with the"
        + " seeds %s; with a larger batch as many times more tokens, so that all rows make as many steps. Losses are those of the first 20,000 validation tokens."
        + " SM3 is without momentum: the gradients of both word tables leave rows out, and there it has none anyway; the"
        + " other tensors are small. What carries over is the ratio of steps; on two cores a large batch takes as many times longer"
        + " a step, which on an accelerator that is not full it does not.",
        recipe.network(), recipe.softmax(), words, recipe.batch(), recipe.bptt(), small.optimizer(),
        recipe.budget().searchTokens(), recipe.budget().tokens(), recipe.budget().seeds()));
    document.section("Results");
    MarkdownTable table = new MarkdownTable("optimizer, batch", "bytes of a training", "state", "lr",
        "last validation loss, by seed", "steps to Adam's", "time to Adam's");
    Row adam = rows.getFirst();
    for (Row row : rows) {
      List<String> losses = new ArrayList<>();
      List<String> steps = new ArrayList<>();
      List<String> times = new ArrayList<>();
      for (int seed = 0; seed < row.outcome().runs().size(); seed++) {
        Summary.Score score = row.outcome().runs().get(seed).summary().scores().validation();
        losses.add(score == null ? "diverged" : String.format(Locale.ROOT, "%.3f", score.loss()));
        Summary.Score target = adam.outcome().runs().get(seed).summary().scores().validation();
        Optional<Long> reached = target == null || Double.isInfinite(adam.outcome().perplexities().get(seed))
            ? Optional.empty()
            : row.stepsTo(target.loss(), seed);
        steps.add(reached.map(step -> String.format(Locale.ROOT, "%,d", step)).orElse("not reached"));
        times.add(
            reached.map(step -> Numbers.duration(step * row.outcome().medianStepMillis() / 1e3)).orElse("not reached"));
      }
      table.row(row.label() + ": `" + row.outcome().method().optimizer() + "`", ByteSize.format(row.bytes()),
          ByteSize.format(row.outcome().runs().getFirst().summary().bytes().optimizerState()),
          row.outcome().tuning().text(Scope.ALL_TENSORS), String.join(", ", losses), String.join(", ", steps),
          String.join(", ", times));
    }
    document.table(table);
    document.say(
        "Steps to Adam's: the first validation at which the loss was at or below the last one of the first row with"
            + " the same seed; all rows are validated at the same steps. Time: those steps times the median"
            + " duration of a step, median over short trainings of all rows in turn.");
    Chart chart = new Chart("sm3-batch: validation, seed " + recipe.budget().seeds().getFirst(), "step",
        "validation loss, nats");
    for (Row row : rows) {
      chart.validation(row.label(), row.outcome().runs().getFirst());
    }
    document.picture(chart);
    document.section("Learning rates");
    MarkdownTable searches = new MarkdownTable("optimizer, batch", "validation perplexity by learning rate");
    for (Row row : rows) {
      row.outcome().tuning().searches()
          .forEach(search -> searches.row(search.label(row.label()), search.text(Numbers::perplexity)));
    }
    document.table(searches);
  }
}
