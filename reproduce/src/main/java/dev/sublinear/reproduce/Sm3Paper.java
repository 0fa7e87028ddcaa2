/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.train.loop.Schedule;
import dev.sublinear.train.model.SoftmaxSpec;
import dev.sublinear.train.model.TransformerConfig;
import java.util.List;

/**
 * What is claimed in Anil, Gupta, Koren, Singer: Memory-Efficient Adaptive Optimization, NeurIPS 2019 (arXiv
 * 1901.11150).
 */
final class Sm3Paper {
  private static final List<Long> SEEDS = List.of(2L, 3L);
  private static final Schedule WARM = Schedule.parse("linear:warmup=30:shape=quadratic:end=0");

  private Sm3Paper() {}

  /** All of them. */
  static List<Experiment> experiments() {
    return List.of(languageModel(), batch(), Sm3Translation.experiment());
  }

  private static Experiment batch() {
    SoftmaxSpec sampled = new SoftmaxSpec.Sampled(1_024);
    List<Float> rates = List.of(0.001f, 0.002f, 0.004f, 0.008f);
    return new BatchExperiment(size -> switch (size) {
      case SMOKE -> new Recipe(2_000, 4, 16, transformer(32, 1, 2, 64, 16), new SoftmaxSpec.Sampled(100), 0.25, WARM,
          rates.subList(1, 3), new Recipe.Budget(8_000, 16_000, 4, SEEDS, 0));
      case SHORT -> new Recipe(16_000, 8, 64, transformer(128, 2, 4, 512, 64), sampled, 0.25, WARM, rates,
          new Recipe.Budget(80_000, 300_000, 12, SEEDS, 0));
      case FULL -> new Recipe(0, 16, 128, transformer(512, 6, 8, 2_048, 128), sampled, 0.25, WARM, rates,
          new Recipe.Budget(2_000_000, 20_000_000, 40, SEEDS, 0));
    }, Method.added("SM3, no momentum", "sm3 m=none").withRatesTimes(10));
  }

  private static Experiment languageModel() {
    return new TableExperiment("sm3-lm", "SM3 and others with little state, on every tensor of a Transformer", """
        Paper: on very large translation and language models SM3 trains as well as Adam, Adagrad and Adafactor with less\
         memory; results of third parties are less kind (GPT-2 M on E2E: BLEU 67.7 AdamW, 67.2 Adafactor, 66.9 SM3; with\
         rates that were not searched, Transformer-Base on WMT14 en-de: 26.6, 26.5, 22.7).""", """
        Scaled down to two cores, as cs-table-7: WikiText-2 with the 8,000 most frequent words, a pre-norm Transformer of two\
         layers of 128, adaptive softmax, half a million tokens. Ratios between tuned optimizers of one short training say\
         which are in one class; what many epochs would do they do not say. The rate warms up quadratically, as the authors\
         of SM3 advise, and falls to 0 in a straight line, for all rows; so Adafactor is without the schedule of its own, min(lr, 1 /\
         sqrt(t)), which would keep the rate of the tables below what they want. SM3's rates are larger because its\
         accumulators only grow. The gradient of the input table leaves rows out, and there SM3 has no momentum, as in its authors'\
         code; those of the output tables do not.""",
        Scope.ALL_TENSORS, size -> recipe(size, 0.001f, 0.002f, 0.004f, 0.008f),
        List.of(
            Method.added("Adam", "adam"),
            Method.added("Adagrad", "adagrad").withRatesTimes(10),
            Method.added("Adafactor", "adafactor:relative=false").withRatesTimes(10).atMost(1.01, "Adam"),
            Method.added("SM3", "sm3").withRatesTimes(20).atMost(1.02, "Adagrad"),
            Method.added("SM3, momentum in bfloat16", "sm3 m=bf16").withRatesTimes(20).atMost(1.02, "Adagrad"),
            Method.added("SM3, no momentum", "sm3 m=none").withRatesTimes(10).atMost(1.02, "Adagrad"),
            Method.added("8-bit Adam", "adam m=int8,v=int8").atMost(1.01, "Adam")));
  }

  private static Recipe recipe(Size size, Float... rates) {
    SoftmaxSpec adaptive = new SoftmaxSpec.Adaptive(List.of());
    return switch (size) {
      case SMOKE -> new Recipe(2_000, 8, 32, transformer(32, 1, 2, 64, 32), adaptive, 0.25, WARM,
          List.of(rates).subList(1, 3), new Recipe.Budget(8_000, 16_000, 2, SEEDS, 0));
      case SHORT -> new Recipe(8_000, 8, 64, transformer(128, 2, 4, 512, 64), adaptive, 0.25, WARM, List.of(rates),
          new Recipe.Budget(150_000, 500_000, 4, SEEDS, 0));
      case FULL -> new Recipe(0, 64, 128, transformer(512, 6, 8, 2_048, 128), adaptive, 0.25, WARM, List.of(rates),
          new Recipe.Budget(2_000_000, 20_000_000, 10, SEEDS, 0));
    };
  }

  private static TransformerConfig transformer(int columns, int layers, int heads, int feedForward, int window) {
    return new TransformerConfig(columns, layers, heads, feedForward, TransformerConfig.Positions.LEARNED, window, 0,
        false);
  }
}
