/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import dev.sublinear.step.Workers;
import dev.sublinear.train.data.ImageBatches;
import dev.sublinear.train.data.ImageCorpus;
import dev.sublinear.train.data.ImageSet;
import dev.sublinear.train.model.ImageModel;
import dev.sublinear.train.model.ImageShape;
import dev.sublinear.train.report.Progress;
import dev.sublinear.train.report.ReportRun;
import dev.sublinear.train.report.RunDirectory;
import dev.sublinear.train.report.Summary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One training run of a network for images: images and classes in, metrics and a summary out.
 *
 * <p>A step is: forward and backward over a batch, clip by global norm, one optimizer step per weight. {@code threads}
 * share the halves of the batch, the optimizer steps and the evaluation; their number changes no bit of the result. A
 * loss or gradient that is not finite ends the run; what was written stays. Use once; not thread-safe.
 */
public final class ImageTraining implements AutoCloseable {
  private final Training<Images> training;

  /**
   * Refuses a run that its images or this machine cannot bear; allocates nothing and does not load the engine.
   *
   * @throws IllegalArgumentException if the images are too small, a layout does not fit a tensor, or memory is short
   */
  public static void check(ImageOptions options, ImageCorpus corpus) {
    ImageMemory.check(options, ImageShape.of(corpus.train()), MachineMemory.totalBytes());
  }

  /**
   * Checks images and memory, then allocates the model and the optimizer state.
   *
   * @throws IllegalArgumentException if the images are too small, a layout does not fit a tensor, or memory is short
   */
  public ImageTraining(ImageOptions options, ImageCorpus corpus, int threads, TrainingListener listener) {
    check(options, corpus);
    ImageBatches batches = new ImageBatches(corpus.train(), options.batch(), options.seed());
    Training.Plan plan =
        new Training.Plan(options.optimization(), options.length(), batches.batches(), options.seed());
    training = new Training<>(plan, threads, listener,
        (arena, workers) -> new Images(options, corpus, batches, arena, workers));
  }

  /**
   * Trains, evaluates, and writes metrics, summary and report into {@code directory}.
   *
   * @param label the name of this run in reports
   * @param setup what was asked for, as the summary quotes it
   */
  public ReportRun run(String label, Summary.Setup setup, RunDirectory directory) {
    return training.run(label, setup, directory);
  }

  @Override
  public void close() {
    training.close();
  }

  /** Images, and the network that tells their classes. */
  private static final class Images implements TrainingTask {
    private final ImageOptions options;
    private final ImageCorpus corpus;
    private final ImageBatches batches;
    private final Workers workers;
    private final MemorySegment pixels;
    private final int[] labels;
    private final ImageModel model;
    private int count;

    Images(ImageOptions options, ImageCorpus corpus, ImageBatches batches, Arena arena, Workers workers) {
      this.options = options;
      this.corpus = corpus;
      this.batches = batches;
      this.workers = workers;
      ImageShape shape = ImageShape.of(corpus.train());
      pixels = arena.allocate((long) options.batch() * shape.size() * Float.BYTES, 64);
      labels = new int[options.batch()];
      model = new ImageModel(options.network(), shape, options.seed(), arena);
    }

    @Override
    public ImageModel model() {
      return model;
    }

    @Override
    public int load(long step) {
      count = batches.fill(step, pixels, labels);
      return count;
    }

    @Override
    public float forwardBackward(long step) {
      return model.forwardBackward(pixels, labels, count, workers);
    }

    @Override
    public Summary.Score validate() {
      return score(corpus.validation());
    }

    @Override
    public Summary.Score test() {
      return score(corpus.test());
    }

    private Summary.Score score(ImageSet images) {
      ImageModel.Scored scored = model.evaluate(images, batches.scaling(), workers);
      return new Summary.Score(scored.loss(), scored.errorRate());
    }

    @Override
    public Progress.Unit unit() {
      return Progress.Unit.IMAGES;
    }

    @Override
    public Summary.Task describe() {
      ImageSet train = corpus.train();
      Summary.Images images = new Summary.Images(corpus.name(), train.size(), corpus.validation().size(),
          corpus.test().size(), train.channels(), train.height(), train.width(), train.classes().size());
      Map<String, Object> settings = new LinkedHashMap<>(options.network().settings());
      settings.put("batch", options.batch());
      settings.put("learningRate", options.optimization().othersLearningRate());
      settings.put("schedule", options.optimization().schedule().toString());
      settings.put("clip", options.optimization().clip());
      return new Summary.Task(null, images, new Summary.Model(options.network().name(), settings));
    }
  }
}
