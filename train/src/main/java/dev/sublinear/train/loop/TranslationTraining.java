/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.step.GradientNorm;
import dev.sublinear.step.Workers;
import dev.sublinear.train.data.PairBatches;
import dev.sublinear.train.data.ParallelCorpus;
import dev.sublinear.train.data.SentencePair;
import dev.sublinear.train.data.Vocabulary;
import dev.sublinear.train.model.TranslationModel;
import dev.sublinear.train.report.HtmlReport;
import dev.sublinear.train.report.MetricsLog;
import dev.sublinear.train.report.Progress;
import dev.sublinear.train.report.ReportRun;
import dev.sublinear.train.report.RunDirectory;
import dev.sublinear.train.report.Summary;
import dev.sublinear.train.report.TrainMetric;
import dev.sublinear.train.report.ValidationMetric;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One training run of a translation model: sentence pairs in, metrics and a summary out; then translations.
 *
 * <p>A step is: forward and backward over a batch, clip by global norm, one optimizer step per weight. {@code threads}
 * share the halves of the batch, the optimizer steps, validation and translation; their number changes no bit of the
 * result. The test sentences of the corpus are not looked at. A loss or gradient that is not finite ends the run; what
 * was written stays. Use once; not thread-safe.
 */
public final class TranslationTraining implements AutoCloseable {
  /** A training line is logged about this often in a run. */
  private static final int LOG_LINES = 200;

  /** Sentences that are translated side by side. */
  private static final int TRANSLATED_TOGETHER = 50;

  private final TranslationOptions options;
  private final ParallelCorpus corpus;
  private final PairBatches batches;
  private final List<List<SentencePair>> validationBatches;
  private final int epochBatches;
  private final long steps;
  private final Arena arena = Arena.ofShared();
  private final Workers workers;
  private final TranslationModel model;
  private final ModelOptimizers optimizers;
  private final Stopwatch watch = new Stopwatch();
  private int plateaus;
  private double bestValidation = Double.POSITIVE_INFINITY;
  private @Nullable Long divergedAtStep;
  private Summary.@Nullable Loss trainLoss;
  private Summary.@Nullable Score validation;

  /**
   * Allocates the model and the optimizer state.
   *
   * @throws IllegalArgumentException if a sentence of the corpus is longer than the network's longest, or a layout does
   *     not fit a tensor
   */
  public TranslationTraining(TranslationOptions options, ParallelCorpus corpus, int threads) {
    this.options = options;
    this.corpus = corpus;
    checkLengths();
    batches = new PairBatches(corpus.train(), options.batchWords(), options.seed());
    epochBatches = batches.inOrder().size();
    validationBatches = new PairBatches(corpus.validation(), options.batchWords(), options.seed()).inOrder();
    steps = options.length().steps(epochBatches);
    MachineMemory.resetPeak();
    workers = new Workers(threads);
    TranslationModel made = null;
    try {
      made = new TranslationModel(options.network(), corpus.source().size(), corpus.target().size(),
          options.batchWords(), options.seed(), arena);
      optimizers = new ModelOptimizers(made.weights(), options.optimization(), options.seed(), arena, workers);
    } catch (RuntimeException | Error e) {
      close(made);
      throw e;
    }
    model = made;
  }

  private void checkLengths() {
    int longest = IntStream.concat(
        Stream.concat(corpus.train().stream(), corpus.validation().stream())
            .mapToInt(pair -> Math.max(pair.source().length, pair.target().length)),
        corpus.test().stream().mapToInt(test -> test.source().length)).max().orElse(0);
    if (longest > options.network().longest()) {
      throw new IllegalArgumentException("longest " + options.network().longest() + ": must be at least the "
          + longest + " words of the longest sentence of " + corpus.name());
    }
  }

  /**
   * Trains, and writes metrics, summary and report into {@code directory}.
   *
   * @param label the name of this run in reports
   * @param setup what was asked for, as the summary quotes it
   */
  public ReportRun run(String label, Summary.Setup setup, RunDirectory directory) {
    try (MetricsLog log = directory.openMetrics()) {
      train(log);
      ReportRun run = new ReportRun(label, summary(setup), log.metrics());
      directory.writeSummary(run.summary());
      directory.writeReport(HtmlReport.render(run));
      return run;
    }
  }

  /**
   * Translates greedily with the weights as they are.
   *
   * @param sources word ids, each ending with that of {@code <eos>}
   * @return a line for each, words with blanks between them
   */
  public List<String> translate(List<int[]> sources) {
    // Sentences of similar lengths side by side, so that few wait for the longest.
    List<Integer> order = IntStream.range(0, sources.size()).boxed()
        .sorted(Comparator.comparingInt((Integer i) -> sources.get(i).length)).toList();
    List<List<int[]>> together = new ArrayList<>();
    for (int from = 0; from < order.size(); from += TRANSLATED_TOGETHER) {
      together.add(order.subList(from, Math.min(from + TRANSLATED_TOGETHER, order.size())).stream().map(sources::get)
          .toList());
    }
    String[] lines = new String[sources.size()];
    int next = 0;
    for (List<int[]> translated : model.translate(together, corpus.target().id(Vocabulary.EOS), workers)) {
      for (int[] words : translated) {
        lines[order.get(next++)] = corpus.targetText(words);
      }
    }
    return List.of(lines);
  }

  private void train(MetricsLog log) {
    long logEvery = Math.max(1, steps / LOG_LINES);
    LossMean mean = new LossMean();
    List<List<SentencePair>> epoch = List.of();
    for (long step = 1; step <= steps; step++) {
      int place = (int) ((step - 1) % epochBatches);
      if (place == 0) {
        epoch = batches.epoch((int) ((step - 1) / epochBatches));
      }
      watch.start();
      List<SentencePair> batch = epoch.get(place);
      double loss = step(step, batch);
      if (divergedAtStep != null) {
        return; // the step was not done: neither counted nor timed
      }
      int words = batch.stream().mapToInt(pair -> pair.target().length).sum();
      watch.stop(words);
      mean.add(loss, words);
      if (step % logEvery == 0 || step == steps) {
        double trained = mean.take();
        trainLoss = new Summary.Loss(trained);
        log.add(new TrainMetric(progress(step), trained, options.optimization().learningRate() * factor(step),
            watch.takeTokensPerSecond()));
      }
      if (options.length().isEvaluationDue(step, steps)) {
        validate(log, step);
      }
      if (divergedAtStep != null) {
        return;
      }
    }
  }

  private double step(long step, List<SentencePair> batch) {
    try {
      double loss = model.forwardBackward(batch, workers);
      List<Gradient> gradients = model.gradients();
      double norm = GradientNorm.clip(gradients, options.optimization().clip());
      if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
        divergedAtStep = step;
        return loss;
      }
      watch.startOptimizer();
      optimizers.step(gradients, factor(step));
      watch.stopOptimizer();
      return loss;
    } finally {
      model.endStep();
    }
  }

  private double factor(long step) {
    return options.optimization().schedule().factor(step, steps, plateaus);
  }

  private void validate(MetricsLog log, long step) {
    double loss = model.evaluate(validationBatches, workers);
    if (loss >= bestValidation) {
      plateaus++;
    }
    bestValidation = Math.min(bestValidation, loss);
    Summary.Score score = Summary.Score.ofLoss(loss);
    if (!Double.isFinite(score.perplexity())) {
      divergedAtStep = step;
    }
    validation = score;
    log.add(new ValidationMetric(progress(step), score));
  }

  private Progress progress(long step) {
    return new Progress(step, (double) step / epochBatches, watch.tokens(), watch.wallSeconds());
  }

  private Summary summary(Summary.Setup setup) {
    Summary.Outcome outcome = new Summary.Outcome(watch.steps(), watch.wallSeconds(), divergedAtStep,
        optimizers.hash(), MachineMemory.peakResidentBytes());
    Map<String, Object> settings = new LinkedHashMap<>(options.network().settings());
    settings.put("corpus", corpus.name());
    settings.put("sourceWords", corpus.source().size());
    settings.put("targetWords", corpus.target().size());
    settings.put("batchWords", options.batchWords());
    settings.put("learningRate", options.optimization().learningRate());
    settings.put("schedule", options.optimization().schedule().toString());
    settings.put("clip", options.optimization().clip());
    return new Summary(setup, new Summary.Task(null, new Summary.Model("translation", settings)), outcome,
        new Summary.Scores(trainLoss, validation, null, null), optimizers.memory(), watch.throughput());
  }

  @Override
  public void close() {
    close(model);
  }

  /** Closes everything, in the reverse order of opening, whatever one of them throws. */
  private void close(@Nullable TranslationModel opened) {
    try (arena; workers) {
      if (opened != null) {
        opened.close();
      }
    }
  }
}
