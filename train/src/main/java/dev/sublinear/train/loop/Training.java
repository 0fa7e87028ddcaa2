/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import dev.sublinear.gradient.Gradient;
import dev.sublinear.step.GradientNorm;
import dev.sublinear.step.Probe;
import dev.sublinear.step.Workers;
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
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The loop that all trainings share: data in, metrics, a summary and a report out.
 *
 * <p>A step is: load, forward, backward, clip by global norm, one optimizer step per weight. {@code threads} share the
 * task's work, the optimizer steps and the evaluations; their number changes no bit of the result. A loss, gradient or
 * score that is not finite ends the run; what was written stays. Use once; not thread-safe.
 *
 * @param <T> what is trained
 */
final class Training<T extends TrainingTask> implements AutoCloseable {
  /** A training line is logged about this often in a run. */
  private static final int LOG_LINES = 200;

  private final Plan plan;
  private final TrainingListener listener;
  private final long steps;
  private final Arena arena = Arena.ofShared();
  private final Workers workers;
  private final T task;
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

  /**
   * How it is trained, whatever it is.
   *
   * @param optimization rules, layouts and learning rate
   * @param length how long to train and how often to look
   * @param epochSteps steps of one pass over the training data
   * @param seed seed of hashes and probes
   */
  record Plan(LmOptions.Optimization optimization, LmOptions.Length length, int epochSteps, long seed) {}

  /** Allocates a task and its model; leaves nothing open if it fails. */
  interface Opener<T> {
    T open(Arena arena, Workers workers);
  }

  /** A probe and what it follows: the optimizer of weight number {@code weight}. */
  private record ProbedTable(int weight, String table, Probe probe) {}

  /**
   * Allocates the model and the optimizer state.
   *
   * @throws IllegalArgumentException if a layout does not fit a tensor
   */
  Training(Plan plan, int threads, TrainingListener listener, Opener<T> opener) {
    this.plan = plan;
    this.listener = listener;
    steps = plan.length().steps(plan.epochSteps());
    MachineMemory.resetPeak();
    workers = new Workers(threads);
    T made = null;
    try {
      made = opener.open(arena, workers);
      List<Weight> weights = made.model().weights();
      optimizers = new ModelOptimizers(weights, plan.optimization(), plan.seed(), arena, workers);
      for (int i = 0; i < weights.size(); i++) {
        Weight weight = weights.get(i);
        if (weight.spec().isTable() && plan.length().probe() > 0) {
          long seed = ModelOptimizers.seed(plan.seed(), weight);
          Probe probe = new Probe(optimizers.table(i), plan.length().probe(), seed, arena, workers);
          probes.add(new ProbedTable(i, weight.name(), probe));
        }
      }
    } catch (RuntimeException | Error e) {
      close(made);
      throw e;
    }
    task = made;
  }

  /** What is trained. */
  T task() {
    return task;
  }

  /**
   * Trains, evaluates, and writes metrics, summary and report into {@code directory}.
   *
   * @param label the name of this run in reports
   * @param setup what was asked for, as the summary quotes it
   */
  ReportRun run(String label, Summary.Setup setup, RunDirectory directory) {
    listener.started(steps);
    try (MetricsLog log = directory.openMetrics()) {
      train(log);
      if (divergedAtStep == null) {
        listener.phase("test");
        test = task.test();
        noteDivergence(test, steps);
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
    long logEvery = Math.max(1, steps / LOG_LINES);
    LossMean mean = new LossMean();
    for (long step = 1; step <= steps; step++) {
      watch.start();
      int targets = task.load(step);
      double loss = step(step);
      if (divergedAtStep != null) {
        return; // the step was not done: neither counted nor timed
      }
      watch.stop(targets);
      mean.add(loss, targets);
      listener.stepped(step, loss);
      if (step % logEvery == 0 || step == steps) {
        log(log, step, mean);
      }
      if (plan.length().isEvaluationDue(step, steps)) {
        validate(log, step);
      }
      if (divergedAtStep != null) {
        return;
      }
    }
  }

  private double step(long step) {
    try {
      double loss = task.forwardBackward(step);
      List<Gradient> gradients = task.model().gradients();
      double norm = GradientNorm.clip(gradients, plan.optimization().clip());
      if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
        divergedAtStep = step;
        return loss;
      }
      listener.gradients(step, task.model().weights(), gradients);
      watch.startOptimizer();
      optimizers.step(gradients, scheduleFactor(step));
      watch.stopOptimizer();
      for (ProbedTable probed : probes) {
        probed.probe().follow(gradients.get(probed.weight()));
      }
      return loss;
    } finally {
      task.model().endStep();
    }
  }

  private double scheduleFactor(long step) {
    return plan.optimization().schedule().factor(step, steps, plateaus);
  }

  private void log(MetricsLog log, long step, LossMean mean) {
    double loss = mean.take();
    trainLoss = new Summary.Loss(loss);
    float rate = (float) (plan.optimization().learningRate() * scheduleFactor(step));
    TrainMetric metric = new TrainMetric(progress(step), loss, rate, watch.takeRate());
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
    Summary.Score score = task.validate();
    if (score.loss() >= bestValidation) {
      plateaus++;
    }
    bestValidation = Math.min(bestValidation, score.loss());
    noteDivergence(score, step);
    validation = score;
    ValidationMetric metric = new ValidationMetric(progress(step), score);
    log.add(metric);
    listener.validated(metric);
  }

  /** A run has diverged at the step before a score that is not finite. */
  private void noteDivergence(Summary.@Nullable Score score, long step) {
    if (score != null && score.hasDiverged()) {
      divergedAtStep = step;
    }
  }

  private Progress progress(long step) {
    return new Progress(step, (double) step / plan.epochSteps(), watch.examples(), task.unit(), watch.wallSeconds());
  }

  private Summary summary(Summary.Setup setup) {
    Summary.Outcome outcome = new Summary.Outcome(watch.steps(), watch.wallSeconds(), divergedAtStep, optimizers.hash(),
        MachineMemory.peakResidentBytes(), optimizers.failures());
    return new Summary(setup, task.describe(), outcome, new Summary.Scores(trainLoss, validation, test, probe),
        optimizers.memory(), watch.throughput());
  }

  @Override
  public void close() {
    close(task);
  }

  /** Closes everything, in the reverse order of opening, whatever one of them throws. */
  private void close(@Nullable T opened) {
    try (arena; workers) {
      if (opened != null) {
        opened.model().close();
      }
    }
  }
}
