/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.step.StepSpec;
import dev.sublinear.train.data.ImageCorpus;
import dev.sublinear.train.loop.ImageOptions;
import dev.sublinear.train.loop.ImageTraining;
import dev.sublinear.train.loop.LmOptions;
import dev.sublinear.train.loop.Schedule;
import dev.sublinear.train.loop.TrainingListener;
import dev.sublinear.train.model.ImageConfig;
import dev.sublinear.train.report.ReportRun;
import java.util.List;
import java.util.Locale;

/**
 * A network for images.
 *
 * @param corpus the images
 * @param network the shape of the network
 * @param batch images of a step
 * @param schedule of the learning rate
 * @param rates learning rates tried first, ascending
 * @param searchSteps length of a training of the search
 * @param steps length of a final training
 * @param searchSeeds of the trainings of the search
 * @param seeds of the final trainings
 */
record ImageTask(ImageCorpus corpus, ImageConfig network, int batch, Schedule schedule, List<Float> rates,
    long searchSteps, long steps, List<Long> searchSeeds, List<Long> seeds) implements DenseTask {
  private static final StepSpec ADAM = StepSpec.parse("adam");
  private static final int EVALUATIONS = 6;

  @Override
  public String title() {
    return network.name() + " on " + corpus.name();
  }

  @Override
  public String setting() {
    return String.format(Locale.ROOT, "%,d images to train on, %,d to validate on, %,d to test on; %s; batch %d,"
        + " schedule `%s`, no clipping; searches of %,d steps, final trainings of %,d.", corpus.train().size(),
        corpus.validation().size(), corpus.test().size(), network, batch, schedule, searchSteps, steps);
  }

  @Override
  public void check(Method method) {
    ImageTraining.check(options(method.denseSpec(), rates.getFirst(), steps, 1, searchSeeds.getFirst()), corpus);
  }

  @Override
  public ReportRun search(Lab lab, Method method, float rate, long seed) {
    return lab.train("search " + method.label() + " lr " + rate + " seed " + seed,
        options(method.denseSpec(), rate, searchSteps, 1, seed), withoutTest(),
        new TrainingListener() {});
  }

  @Override
  public ReportRun last(Lab lab, Method method, float rate, long seed) {
    return lab.train(method.label() + " seed " + seed, options(method.denseSpec(), rate, steps, EVALUATIONS, seed),
        corpus,
        new TrainingListener() {});
  }

  @Override
  public ReportRun timing(Lab lab, Method method, float rate) {
    return lab.train("timing " + method.label(),
        options(method.denseSpec(), rate, Recipe.TIMED, 1, searchSeeds.getFirst()),
        withoutTest(), new TrainingListener() {});
  }

  @Override
  public void watch(Lab lab, TrainingListener listener) {
    Lab.requireEnd(lab.train("watched " + network.name(),
        options(ADAM, rates.getFirst(), steps, 1, searchSeeds.getFirst()), withoutTest(), listener));
  }

  /** A training ends with a score on its test images: those of a search must not be the real ones. */
  private ImageCorpus withoutTest() {
    return new ImageCorpus(corpus.name(), corpus.train(), corpus.validation(),
        corpus.validation().select(new int[] {0}));
  }

  private ImageOptions options(StepSpec spec, float rate, long length, int evaluations, long seed) {
    return new ImageOptions(network, batch,
        LmOptions.Optimization.withoutTables(spec, rate, schedule, Double.POSITIVE_INFINITY),
        new LmOptions.Length(length, 0, evaluations, 0), seed);
  }
}
