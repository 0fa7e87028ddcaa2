/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.step.GradientNorm;
import dev.sublinear.step.Probe;
import dev.sublinear.step.Workers;
import dev.sublinear.train.data.BpttBatches;
import dev.sublinear.train.data.Corpus;
import dev.sublinear.train.model.LanguageModel;
import dev.sublinear.train.model.Weight;
import dev.sublinear.train.report.HtmlReport;
import dev.sublinear.train.report.MetricsLog;
import dev.sublinear.train.report.ProbeMetric;
import dev.sublinear.train.report.Progress;
import dev.sublinear.train.report.ReportRun;
import dev.sublinear.train.report.RunDirectory;
import dev.sublinear.train.report.Summary;
import dev.sublinear.train.report.TrainMetric;
import dev.sublinear.train.report.ValidationMetric;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One training run of a language model: windows of text in, metrics and a summary out.
 *
 * <p>A step is: gather, forward, backward, clip by global norm, one optimizer step per weight. {@code threads} share the
 * halves of the batch, the optimizer steps and the evaluation; their number changes no bit of the result. A loss,
 * gradient or perplexity that is not finite ends the run; what was written stays. Use once; not thread-safe.
 */
public final class LmTraining implements AutoCloseable {
  /** A training line is logged about this often in a run. */
  private static final int LOG_LINES = 200;

  private final LmOptions options;
  private final Corpus corpus;
  private final TrainingListener listener;
  private final BpttBatches batches;
  private final long steps;
  private final Arena arena = Arena.ofShared();
  private final Workers workers;
  private final LanguageModel model;
  private final ModelOptimizers optimizers;
  private final List<ProbedTable> probes = new ArrayList<>();
  private final Stopwatch watch = new Stopwatch();
  private int plateaus;
  private double bestValidation = Double.POSITIVE_INFINITY;
  private @Nullable Long divergedAtStep;
  private Summary.@Nullable Loss trainLoss;
  private Summary.@Nullable Score validation;
  private Summary.@Nullable Score test;
  private @Nullable List<ProbeMetric.SlotError> probe;

  /** A probe and what it follows: the optimizer of weight number {@code weight}. */
  private record ProbedTable(int weight, String table, Probe probe) {}

  /**
   * Refuses a run that its corpus or this machine cannot bear; allocates nothing and does not load the engine.
   *
   * @throws IllegalArgumentException if the corpus is too short, a layout does not fit a tensor, or memory is short
   */
  public static void check(LmOptions options, Corpus corpus) {
    BpttBatches.training(corpus.train(), options.data().batch(), options.data().bptt());
    int words = corpus.vocabulary().size();
    options.softmax().check(words);
    LmMemory.check(options, words, MachineMemory.totalBytes());
  }

  /**
   * Bytes a training needs at least: weights, optimizer state, gradients, and what a step keeps for its backward pass.
   *
   * @throws IllegalArgumentException if a layout cannot hold a tensor
   */
  public static long bytes(LmOptions options, int words) {
    return LmMemory.bytes(options, options.optimization().tables(), words);
  }

  /**
   * Checks data and memory, then allocates the model and the optimizer state.
   *
   * @throws IllegalArgumentException if the corpus is too short, a layout does not fit a table, or memory is short
   */
  public LmTraining(LmOptions options, Corpus corpus, int threads, TrainingListener listener) {
    check(options, corpus);
    this.options = options;
    this.corpus = corpus;
    this.listener = listener;
    batches = BpttBatches.training(corpus.train(), options.data().batch(), options.data().bptt());
    steps = options.length().steps(batches.windows());
    MachineMemory.resetPeak();
    workers = new Workers(threads);
    LanguageModel made = null;
    try {
      made = new LanguageModel(options.network(), corpus.vocabulary().size(), options.softmax(),
          options.data().batch(), options.data().bptt(), options.seed(), arena);
      optimizers = new ModelOptimizers(made.weights(), options.optimization(), options.seed(), arena, workers);
      for (int i = 0; i < made.weights().size(); i++) {
        Weight weight = made.weights().get(i);
        if (weight.spec().isTable() && options.length().probe() > 0) {
          long seed = ModelOptimizers.seed(options.seed(), weight);
          Probe probe = new Probe(optimizers.table(i), options.length().probe(), seed, arena, workers);
          probes.add(new ProbedTable(i, weight.name(), probe));
        }
      }
    } catch (RuntimeException | Error e) {
      close(made);
      throw e;
    }
    model = made;
  }

  /**
   * Trains, evaluates, and writes metrics, summary and report into {@code directory}.
   *
   * @param label the name of this run in reports
   * @param setup what was asked for, as the summary quotes it
   */
  public ReportRun run(String label, Summary.Setup setup, RunDirectory directory) {
    listener.started(steps);
    try (MetricsLog log = directory.openMetrics()) {
      train(log);
      if (divergedAtStep == null) {
        listener.phase("test");
        test = score(model.evaluate(corpus.test(), workers), steps);
      }
      ReportRun run = new ReportRun(label, summary(setup), log.metrics());
      directory.writeSummary(run.summary());
      directory.writeReport(HtmlReport.render(run));
      return run;
    } finally {
      listener.finished();
    }
  }

  private void train(MetricsLog log) {
    int[] inputs = new int[options.data().batch() * options.data().bptt()];
    int[] targets = new int[inputs.length];
    long logEvery = Math.max(1, steps / LOG_LINES);
    LossMean mean = new LossMean();
    for (long step = 1; step <= steps; step++) {
      watch.start();
      int window = (int) ((step - 1) % batches.windows());
      if (window == 0) {
        model.resetState();
      }
      int length = batches.fill(window, inputs, targets);
      double loss = step(step, inputs, targets, length);
      if (divergedAtStep != null) {
        return; // the step was not done: neither counted nor timed
      }
      int tokens = options.data().batch() * length;
      watch.stop(tokens);
      mean.add(loss, tokens);
      listener.stepped(step, loss);
      if (step % logEvery == 0 || step == steps) {
        log(log, step, mean);
      }
      if (options.length().isEvaluationDue(step, steps)) {
        validate(log, step);
      }
      if (divergedAtStep != null) {
        return;
      }
    }
  }

  private double step(long step, int[] inputs, int[] targets, int length) {
    try {
      double loss = model.forwardBackward(step, inputs, targets, length, workers);
      List<Gradient> gradients = model.gradients();
      double norm = GradientNorm.clip(gradients, options.optimization().clip());
      if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
        divergedAtStep = step;
        return loss;
      }
      listener.gradients(step, model.weights(), gradients);
      watch.startOptimizer();
      optimizers.step(gradients, scheduleFactor(step));
      watch.stopOptimizer();
      for (ProbedTable probed : probes) {
        probed.probe().follow(gradients.get(probed.weight()));
      }
      return loss;
    } finally {
      model.endStep();
    }
  }

  private double scheduleFactor(long step) {
    return options.optimization().schedule().factor(step, steps, plateaus);
  }

  private void log(MetricsLog log, long step, LossMean mean) {
    double loss = mean.take();
    trainLoss = new Summary.Loss(loss);
    float rate = (float) (options.optimization().learningRate() * scheduleFactor(step));
    TrainMetric metric = new TrainMetric(progress(step), loss, rate, watch.takeTokensPerSecond());
    log.add(metric);
    listener.logged(metric);
    if (!probes.isEmpty()) {
      probe = measure();
      log.add(new ProbeMetric(metric.at(), probe));
    }
  }

  private List<ProbeMetric.SlotError> measure() {
    List<ProbeMetric.SlotError> errors = new ArrayList<>();
    for (ProbedTable probed : probes) {
      for (Probe.Deviation deviation : probed.probe().measure()) {
        errors.add(new ProbeMetric.SlotError(probed.table(), deviation.slot(), deviation.relativeError(),
            deviation.overEstimate()));
      }
    }
    return errors;
  }

  private void validate(MetricsLog log, long step) {
    listener.phase("validation");
    double loss = model.evaluate(corpus.validation(), workers);
    if (loss >= bestValidation) {
      plateaus++;
    }
    bestValidation = Math.min(bestValidation, loss);
    Summary.Score score = score(loss, step);
    validation = score;
    ValidationMetric metric = new ValidationMetric(progress(step), score);
    log.add(metric);
    listener.validated(metric);
  }

  /** The score of a text after {@code step}; the run has diverged there if its perplexity is not finite. */
  private Summary.Score score(double loss, long step) {
    Summary.Score score = Summary.Score.ofLoss(loss);
    if (!Double.isFinite(score.perplexity())) {
      divergedAtStep = step;
    }
    return score;
  }

  private Progress progress(long step) {
    return new Progress(step, (double) step / batches.windows(), watch.tokens(), watch.wallSeconds());
  }

  private Summary summary(Summary.Setup setup) {
    Summary.Corpus described = new Summary.Corpus(corpus.name(), corpus.train().length, corpus.vocabulary().size(),
        new Summary.UnigramPerplexity(corpus.unigramPerplexity(corpus.validation()),
            corpus.unigramPerplexity(corpus.test())));
    Summary.Outcome outcome = new Summary.Outcome(watch.steps(), watch.wallSeconds(), divergedAtStep, optimizers.hash(),
        MachineMemory.peakResidentBytes());
    return new Summary(setup, new Summary.Task(described, modelSettings()), outcome,
        new Summary.Scores(trainLoss, validation, test, probe), optimizers.memory(), watch.throughput());
  }

  private Summary.Model modelSettings() {
    Map<String, Object> settings = new LinkedHashMap<>(options.network().settings());
    settings.put("softmax", options.softmax().toString());
    settings.put("batch", options.data().batch());
    settings.put("bptt", options.data().bptt());
    settings.put("learningRate", options.optimization().learningRate());
    settings.put("othersLearningRate", options.optimization().othersLearningRate());
    settings.put("schedule", options.optimization().schedule().toString());
    settings.put("clip", options.optimization().clip());
    settings.put("denseOptimizer", options.optimization().others().toString());
    return new Summary.Model(options.network().name(), settings);
  }

  @Override
  public void close() {
    close(model);
  }

  /** Closes everything, in the reverse order of opening, whatever one of them throws. */
  private void close(@Nullable LanguageModel opened) {
    try (arena; workers) {
      if (opened != null) {
        opened.close();
      }
    }
  }
}
