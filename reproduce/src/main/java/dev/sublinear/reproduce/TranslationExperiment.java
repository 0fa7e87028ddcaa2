/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.train.data.ParallelCorpus;
import dev.sublinear.train.report.Bleu;
import dev.sublinear.train.report.ByteSize;
import dev.sublinear.train.report.MarkdownTable;
import dev.sublinear.train.report.Summary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * SM3 beside Adam on every tensor of a translation model: each gets a learning-rate search of the same budget, chosen
 * by validation loss on a corpus without its test sentences; then the best rate is trained with paired seeds, and each
 * of these models translates the test sentences once.
 *
 * @param recipes how models are trained, by size
 * @param methods the rows; the first is the one the others are compared to
 */
record TranslationExperiment(Function<Size, TranslationRecipe> recipes, List<Method> methods) implements Experiment {
  /** Sentences shown with their translations. */
  private static final int SAMPLES = 6;

  @Override
  public String id() {
    return "sm3-translation";
  }

  @Override
  public String title() {
    return "SM3 beside Adam on a French to English Transformer";
  }

  /**
   * What was found for one method before the final trainings.
   *
   * @param tuning the rates of the final trainings, and validation losses of the search; infinite if one diverged
   */
  private record Found(Method method, Tuning tuning) {}

  private record Trained(Lab.Translated run, Bleu bleu) {
    Summary summary() {
      return run.run().summary();
    }
  }

  /** What came out for one method, seed by seed. */
  private record Outcome(Found found, List<Trained> runs) {
    Method method() {
      return found.method;
    }
  }

  @Override
  public void run(Lab lab, Document document) throws IOException {
    TranslationRecipe recipe = recipes.apply(lab.size());
    ParallelCorpus corpus = ParallelCorpus.of(lab.pairs(recipe.limits().longest()), recipe.limits());
    ParallelCorpus searched = corpus.withoutTest();
    List<Found> found = lab.together(methods, (own, method) -> search(own, recipe, searched, method));
    List<List<Trained>> trained = lab.paired(recipe.budget().seeds(), found,
        (own, each, seed) -> train(own, recipe, corpus, each, seed));
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      outcomes.add(new Outcome(found.get(i), trained.get(i)));
    }
    write(lab, document, recipe, corpus, outcomes);
  }

  private static Found search(Lab lab, TranslationRecipe recipe, ParallelCorpus corpus, Method method) {
    return new Found(method,
        Tuning.ofBoth(lab, recipe.rates().stream().map(method::rate).toList(), (own, rates) -> {
          double loss = loss(own.translate("search " + method.label() + " lr " + rates.tables(),
              recipe.search(method.spec(), rates), corpus).run().summary());
          lab.say(String.format(Locale.ROOT, "search, %s, lr %s and %s: validation loss %.3f", method.label(),
              rates.tables(), rates.others(), loss));
          return loss;
        }));
  }

  private static Trained train(Lab lab, TranslationRecipe recipe, ParallelCorpus corpus, Found found,
      long seed) {
    Method method = found.method;
    Rates rates = found.tuning.rates();
    Lab.Translated run = lab.translate(method.label() + " seed " + seed,
        recipe.last(method.spec(), rates, seed), corpus);
    Bleu bleu =
        Bleu.of(run.translations(), corpus.test().stream().map(ParallelCorpus.TestSentence::references).toList());
    lab.say(String.format(Locale.ROOT, "seed %d, %s, lr %s and %s: validation loss %.3f, test BLEU %.2f",
        seed, method.label(), rates.tables(), rates.others(), loss(run.run().summary()), bleu.score()));
    return new Trained(run, bleu);
  }

  /** The validation loss in nats a word; infinite for a run that diverged. */
  private static double loss(Summary summary) {
    Summary.Score score = summary.scores().validation();
    return score == null || summary.outcome().divergedAtStep() != null ? Double.POSITIVE_INFINITY : score.loss();
  }

  private static void write(Lab lab, Document document, TranslationRecipe recipe, ParallelCorpus corpus,
      List<Outcome> outcomes) throws IOException {
    document.say("""
        Paper (Anil, Gupta, Koren, Singer: Memory-Efficient Adaptive Optimization, NeurIPS 2019): on very large translation\
         and language models SM3 trains as well as Adam and Adafactor with less memory, and what it saves buys a larger batch.\
         A third party, with rates that were not searched, is less kind: Transformer-Base on WMT14 English to German\
         has BLEU 26.6 with AdamW, 26.5 with Adafactor and 22.7 with SM3 (arXiv 2309.01507, table 2).""");
    document.say(switch (lab.size()) {
      case SMOKE ->
        "This is the smoke run: glosses of WordNet, to be translated from their words backwards. It shows that"
            + " everything runs; its figures say nothing.";
      case SHORT -> """
          Scaled down to two cores: short sentences of Tatoeba in place of WMT, a pre-norm encoder and decoder of two layers of 128\
           in place of six of 512 to 1,024, words in place of word pieces, some minutes in place of days. What an optimizer sees\
           is of the same kind: tables of words of which a batch touches few rows, a dense gradient under the full softmax,\
           attention, norms, a rate that warms up. BLEU of other networks and texts cannot be compared; the distance between\
           two tuned optimizers on one network can, as far as a short training goes.""";
      case FULL -> "A larger network and longer sentences, without the paper's corpora.";
    });
    document.say(protocol(recipe, corpus));
    document.section("Results");
    document.table(results(outcomes));
    document.say("Validation loss: nats a word, the end of a sentence counted. BLEU: corpus BLEU-4, tokenizer 13a, no"
        + " smoothing, in lower case, all English sentences of the data for the same French one as references, greedy decoding"
        + " (sacrebleu would write `nrefs:var|case:lc|eff:no|tok:13a|smooth:none`). In brackets its difference to the"
        + " first row with the same seed. State: of all tensors, and over the parameters. Time: median duration of a step,"
        + " and of its optimizer part, by seed, of trainings side by side on one thread each.");
    document.section("Learning rates");
    document.table(searches(outcomes));
    document.say("Validation loss of the search by learning rate; the lowest of a row was taken.");
    document.section("Course of the trainings");
    document.picture(chart(outcomes, recipe));
    document.section("Translations");
    document.say(String.format(Locale.ROOT, "The first %d test sentences, seed %d.", SAMPLES,
        recipe.budget().seeds().getFirst()));
    document.say(samples(corpus, outcomes));
  }

  private static String protocol(TranslationRecipe recipe, ParallelCorpus corpus) {
    ParallelCorpus.Limits limits = recipe.limits();
    return String.format(Locale.ROOT,
        "Text: %s, in lower case, cut into words by the tokenizer 13a (in the source apostrophes"
            + " and hyphens part words too), sentences of up to %d words; %,d pairs to train on, %,d to validate on,"
            + " %,d source sentences to test on, none of whose words stand in the same order on either side of another split;"
            + " %,d and %,d words with `<unk>` and `<eos>`. %s, batches of sentences of like length, up to %,d words a side."
            + " Every method updates all tensors: a quadratic warm-up over %.0f %% of the steps, then a straight line"
            + " to 0; clip %s. Each searches its rates (%s for all tensors, for some rows times a factor, further by factors of 2"
            + " if the best is at the edge; from there in the same way that of the word tables, from there that of the others, and"
            + " each once more as long as the one before it moved) over %,d steps with one seed, by validation loss, on a corpus"
            + " without the test sentences. Then %,d steps"
            + " (%.1f passes over the pairs) with each of the seeds %s, the same first weights and batches for all methods; each of"
            + " these models translates the test sentences once, at the end.",
        corpus.name(), limits.longest(),
        corpus.train().size(), corpus.validation().size(), corpus.test().size(), corpus.source().size(),
        corpus.target().size(), recipe.network(), recipe.batchWords(), 100 * recipe.warmup(), recipe.clip(),
        recipe.rates(), recipe.budget().searchSteps(), recipe.budget().steps(),
        recipe.epochs(corpus), recipe.budget().seeds());
  }

  private static MarkdownTable results(List<Outcome> outcomes) {
    Outcome base = outcomes.getFirst();
    MarkdownTable table =
        new MarkdownTable("optimizer", "lr", "validation loss, by seed", "test BLEU, by seed", "state", "time");
    for (Outcome outcome : outcomes) {
      List<String> losses = new ArrayList<>();
      List<String> scores = new ArrayList<>();
      List<String> times = new ArrayList<>();
      for (int i = 0; i < outcome.runs().size(); i++) {
        Summary summary = outcome.runs().get(i).summary();
        losses.add(loss(loss(summary)));
        double score = outcome.runs().get(i).bleu().score();
        scores.add(outcome.equals(base)
            ? String.format(Locale.ROOT, "%.2f", score)
            : String.format(Locale.ROOT, "%.2f (%+.2f)", score, score - base.runs().get(i).bleu().score()));
        Summary.Throughput throughput = summary.throughput();
        times.add(throughput == null
            ? "none"
            : String.format(Locale.ROOT, "%.0f ms (%.1f)", throughput.stepMillisMedian(),
                throughput.optimizerMillisMedian()));
      }
      Summary.Bytes bytes = outcome.runs().getFirst().summary().bytes();
      table.row(outcome.method().label() + ": `" + outcome.method().optimizer() + "`",
          outcome.found().tuning().text(Scope.ALL_TENSORS),
          String.join(", ", losses), String.join(", ", scores),
          String.format(Locale.ROOT, "%s (%.2f)", ByteSize.format(bytes.optimizerState()),
              (double) bytes.optimizerState() / bytes.parameters()),
          String.join(", ", times));
    }
    return table;
  }

  private static String loss(double loss) {
    return RateSearch.text(loss, finite -> String.format(Locale.ROOT, "%.3f", finite));
  }

  private static MarkdownTable searches(List<Outcome> outcomes) {
    MarkdownTable table = new MarkdownTable("optimizer", "validation loss by learning rate");
    for (Outcome outcome : outcomes) {
      outcome.found().tuning().searches().forEach(
          search -> table.row(search.label(outcome.method().label()), search.text(TranslationExperiment::loss)));
    }
    return table;
  }

  private static Chart chart(List<Outcome> outcomes, TranslationRecipe recipe) {
    Chart chart = new Chart("sm3-translation: validation, seed " + recipe.budget().seeds().getFirst(), "step",
        "validation loss, nats");
    for (Outcome outcome : outcomes) {
      chart.validation(outcome.method().label(), outcome.runs().getFirst().run().run());
    }
    return chart;
  }

  private static String samples(ParallelCorpus corpus, List<Outcome> outcomes) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(SAMPLES, corpus.test().size()); i++) {
      ParallelCorpus.TestSentence test = corpus.test().get(i);
      text.append("- ").append(test.text()).append('\n');
      text.append("  - in the data: ").append(String.join(" / ", test.references())).append('\n');
      for (Outcome outcome : outcomes) {
        text.append("  - ").append(outcome.method().label()).append(": `")
            .append(outcome.runs().getFirst().run().translations().get(i)).append("`\n");
      }
    }
    return text.toString().stripTrailing();
  }
}
