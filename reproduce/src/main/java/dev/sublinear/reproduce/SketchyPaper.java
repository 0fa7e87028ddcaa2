/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.train.data.Corpus;
import dev.sublinear.train.data.ImageCorpus;
import dev.sublinear.train.loop.Schedule;
import dev.sublinear.train.model.CnnConfig;
import dev.sublinear.train.model.LstmConfig;
import dev.sublinear.train.model.ResNetConfig;
import dev.sublinear.train.model.SoftmaxSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What is claimed in Feinberg, Chen, Sun, Anil, Hazan: Sketchy, NeurIPS 2023 (arXiv 2302.03764). */
final class SketchyPaper {
  /** Of the validation split and the order of synthetic images. */
  private static final long SPLIT_SEED = 1;

  /** Momentum around Shampoo is a sum, ten times the mean that Adam's first moment is. */
  private static final float OF_MOMENTUM = 0.125f;
  private static final List<Float> RATES = List.of(0.004f, 0.008f, 0.016f, 0.032f);
  private static final Schedule WARM = Schedule.parse("linear:warmup=30:end=0");

  private static final List<Long> SEEDS = List.of(2L, 3L, 4L);
  private static final List<Long> SEARCH_SEEDS = List.of(1L);

  /** Of the small network on MNIST one training says little: the losses of ten seeds are up to 30 % apart. */
  private static final List<Long> MNIST_SEEDS = List.of(11L, 12L, 13L, 14L, 15L, 16L, 17L, 18L, 19L, 20L);
  private static final List<Long> MNIST_SEARCH_SEEDS = List.of(1L, 2L, 3L, 4L, 5L);

  private SketchyPaper() {}

  /** All of them. */
  static List<Experiment> experiments() {
    return List.of(new SketchyOco(), new SketchySpectra(SketchyPaper::tasks), new SketchyTrain(SketchyPaper::tasks,
        Method.added("Adam", "adam"),
        Method.added("Shampoo", "shampoo:statistics=1:roots=10").withRatesTimes(OF_MOMENTUM),
        Method.added("S-Shampoo", "s-shampoo:rank=64:statistics=10:roots=10").withRatesTimes(OF_MOMENTUM)));
  }

  private static List<DenseTask> tasks(Lab lab) throws IOException {
    return List.of(images(lab), text(lab));
  }

  private static DenseTask images(Lab lab) throws IOException {
    Path folder = lab.folder(lab.size() == Size.FULL ? "cifar10-jpg" : "mnist");
    if (folder == null) {
      return new ImageTask(SmokeImages.make(), new CnnConfig(4), 16, WARM, RATES.subList(1, 3), 20, 40, SEARCH_SEEDS,
          SEEDS);
    }
    ImageCorpus corpus = ImageCorpus.open(folder, SPLIT_SEED);
    return lab.size() == Size.FULL
        ? new ImageTask(corpus, new ResNetConfig(32), 128, WARM, RATES, 1_000, 10_000, SEARCH_SEEDS, SEEDS)
        : new ImageTask(corpus, new CnnConfig(8), 64, WARM, RATES, 280, 700, MNIST_SEARCH_SEEDS, MNIST_SEEDS);
  }

  private static DenseTask text(Lab lab) throws IOException {
    Recipe recipe = switch (lab.size()) {
      case SMOKE -> new Recipe(2_000, 10, 20, new LstmConfig(32, 32, 1, 0, 0, false), new SoftmaxSpec.Sampled(100), 1,
          WARM, RATES.subList(1, 3), new Recipe.Budget(8_000, 16_000, 2, SEEDS, 0));
      case SHORT -> new Recipe(8_000, 20, 35, new LstmConfig(128, 128, 1, 0, 0, false), new SoftmaxSpec.Full(), 1,
          WARM, RATES, new Recipe.Budget(150_000, 500_000, 6, SEEDS, 0));
      case FULL -> new Recipe(0, 64, 35, new LstmConfig(512, 512, 2, 0, 0, false), new SoftmaxSpec.Sampled(4_096), 1,
          WARM, List.of(0.001f, 0.002f, 0.004f, 0.008f), new Recipe.Budget(2_000_000, 20_000_000, 10, SEEDS, 0));
    };
    Corpus corpus = Recipe.shortened(lab.text(recipe.vocabulary()));
    return new TextTask(corpus, recipe, 0.016f);
  }
}
