/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.train.loop.Schedule;
import dev.sublinear.train.model.LstmConfig;
import dev.sublinear.train.model.SoftmaxSpec;
import dev.sublinear.train.model.TransformerConfig;
import java.util.List;
import java.util.stream.Stream;

/**
 * The tables and figures of Spring, Kyrillidis, Mohan, Shrivastava: Compressing Gradient Optimizers via Count-Sketches,
 * ICML 2019 (arXiv 1902.00179).
 */
final class CountSketchPaper {
  private static final String SCALING = """
      Scaled down to two cores: the 8,000 most frequent words with `<unk>` in place of 33,278, one LSTM layer of 128\
       in place of two of 672 (two layers of 128 do not leave the plateau of word counts within the budget of a\
       search), half a million training tokens in place of forty epochs, and a rate that falls in a straight line. What a\
       sketch sees is as in the paper: batches of 20 x 35 tokens, rows by Zipf's law in the input table, a dense gradient\
       of the output table where the softmax is full, a fifth of the cells at depth 3 and so 15 rows in a bucket. What is\
       smaller is the number of steps: errors have less time to pile up, and a slower start costs more than after\
       forty epochs. So ratios between rows carry over roughly, perplexities do not.""";
  private static final List<Long> SEEDS = List.of(2L, 3L);
  private static final Schedule LINEAR = Schedule.parse("linear:end=0.1");
  private static final SoftmaxSpec FULL = new SoftmaxSpec.Full();
  private static final long WIKITEXT_EPOCH = 2_088_628;

  private CountSketchPaper() {}

  /** All of them. */
  static List<Experiment> experiments() {
    return List.of(figure2(), table3(), table4(), figure3(), table7(), table9(), powerLaw());
  }

  private static Recipe smoke(SoftmaxSpec softmax, double clip, List<Float> rates) {
    return new Recipe(2_000, 10, 20, new LstmConfig(32, 32, 1, 0, 0, false), softmax, clip, LINEAR, rates,
        new Recipe.Budget(8_000, 16_000, 2, SEEDS, 0));
  }

  private static Recipe small(SoftmaxSpec softmax, double clip, Float... rates) {
    return new Recipe(8_000, 20, 35, new LstmConfig(128, 128, 1, 0, 0, false), softmax, clip, LINEAR, List.of(rates),
        new Recipe.Budget(150_000, 500_000, 4, SEEDS, 0));
  }

  private static Recipe full(double clip, float rate) {
    return new Recipe(0, 20, 35, new LstmConfig(672, 672, 2, 0, 0, false), FULL, clip, Schedule.parse("plateau"),
        List.of(rate), new Recipe.Budget(0, 40 * WIKITEXT_EPOCH, 40, SEEDS, 0));
  }

  private static Recipe fullTexts(Size size, double clip, float paper, Float... rates) {
    return switch (size) {
      case SMOKE -> smoke(FULL, clip, List.of(rates).subList(1, 3));
      case SHORT -> small(FULL, clip, rates);
      case FULL -> full(clip, paper);
    };
  }

  private static Recipe sampled(Size size, Float... rates) {
    return switch (size) {
      case SMOKE -> smoke(new SoftmaxSpec.Sampled(100), 1, List.of(rates).subList(1, 3));
      case SHORT -> small(new SoftmaxSpec.Sampled(1_024), 1, rates);
      case FULL ->
        new Recipe(0, 128, 20, new LstmConfig(256, 2_048, 1, 256, 0.01, false), new SoftmaxSpec.Sampled(8_192), 1,
            Schedule.parse("linear"), List.of(0.004f), new Recipe.Budget(0, 5 * WIKITEXT_EPOCH, 5, SEEDS, 0));
    };
  }

  private static Experiment figure2() {
    return new Figure2(size -> switch (size) {
      case SMOKE -> smoke(FULL, 1, List.of(0.008f));
      case SHORT -> new Recipe(0, 10, 20, new LstmConfig(256, 256, 1, 0, 0, false), FULL, 1, LINEAR, List.of(0.008f),
          new Recipe.Budget(0, 60_000, 1, SEEDS, 0));
      case FULL -> full(1, 0.001f);
    });
  }

  private static Experiment powerLaw() {
    return new PowerLaw(size -> switch (size) {
      case SMOKE -> smoke(FULL, 1, List.of(0.016f));
      case SHORT -> small(FULL, 1, 0.016f);
      case FULL -> full(1, 0.001f);
    });
  }

  private static Experiment table3() {
    return new TableExperiment("cs-table-3", "Momentum on WikiText-2, both tables compressed", """
        Paper, table 3: WikiText-2, two LSTM layers of 672, full softmax, 40 epochs of batch 20 x 35, Momentum with lr\
         2.5, mu 0.9, clip 0.25, lr / 4 on a plateau; sketches of a fifth of the size; LR-NMF is the rank-one\
         non-negative factorisation.""", SCALING,
        size -> fullTexts(size, 0.25, 2.5f, 2f, 4f, 8f, 16f),
        List.of(
            Method.published("dense", "momentum", 94.25),
            Method.published("CS, algorithm 2", "momentum m=count-sketch:0.2:decay=queried", 95.93).atMost(1.02),
            Method.published("CS, as in the paper's code", "momentum m=count-sketch:0.2", 95.93)
                .atMost(1.02),
            Method.added("CS, global decay", "momentum m=count-sketch:0.2:decay=global").atMost(1.02),
            Method.published("LR-NMF", "momentum m=rank-one:force=true", 176.31).atLeast(1.2)));
  }

  private static Experiment table4() {
    return new TableExperiment("cs-table-4", "Adam on WikiText-2, one or both moments of both tables compressed", """
        Paper, table 4: as table 3, Adam with lr 0.001, beta 0.9 and 0.999, clip 1; sketches of a fifth of the size. CS-MV:\
         both moments sketched; CS-V: the second; LR-NMF-V: the second as rank-one factors.""", SCALING,
        size -> fullTexts(size, 1, 0.001f, 0.008f, 0.016f, 0.032f, 0.064f),
        Stream.concat(adam(105.14, 109.24, 106.32, 106.21, 1.04, 1.01).stream(),
            Stream.of(
                Method.added("dense, beta1 0.5", "adam:beta1=0.5"),
                Method.added("CS-MV, beta1 0.5, bounded", "adam:beta1=0.5 m=count-sketch:0.2,v=count-min:0.2")))
            .toList());
  }

  private static List<Method> adam(double dense, double both, double second, double factored, double bothGoal,
      double secondGoal) {
    return List.of(
        Method.published("dense", "adam", dense),
        Method
            .published("CS-MV, algorithm 4",
                "adam:bounded=false m=count-sketch:0.2:decay=queried,v=count-min:0.2:decay=queried", both)
            .atMost(bothGoal),
        Method.published("CS-MV, as in the paper's code, bounded",
            "adam m=count-sketch:0.2,v=count-min:0.2", both).atMost(bothGoal),
        Method.added("CS-MV, global decay, bounded",
            "adam m=count-sketch:0.2:decay=global,v=count-min:0.2:decay=global").atMost(bothGoal),
        Method.added("CS-MV, gap-aware, bounded",
            "adam:correction=gap m=count-sketch:0.2:decay=global,v=count-min:0.2").atMost(bothGoal),
        Method.added("CS-MV, most bytes for m, bounded", "adam m=count-sketch:0.35,v=count-min:0.05")
            .atMost(bothGoal),
        Method.published("CS-V, algorithm 4", "adam:bounded=false v=count-min:0.2:decay=queried", second)
            .atMost(secondGoal),
        Method.published("CS-V, as in the paper's code, bounded", "adam v=count-min:0.2", second)
            .atMost(secondGoal),
        Method.published("LR-NMF-V", "adam:bounded=false v=rank-one", factored).atMost(1.01));
  }

  private static Experiment figure3() {
    return new TableExperiment("cs-figure-3", "cleaning a count-min sketch", """
        Paper, figure 3: MegaFace, softmax over a million classes with sampled negatives, Adam (cleaning every 125 steps\
         by 0.2) and Adagrad (by 0.5): with cleaning the error of the sketch is clearly lower and the accuracy is that of\
         dense Adam (69.4 against 69.0 %).""",
        "MegaFace is not to be had; the stand-in is a language model with a sampled softmax, whose classes are words. "
            + SCALING,
        size -> sampled(size, 0.004f, 0.008f, 0.016f, 0.032f).probing(200),
        List.of(
            Method.added("Adam, dense", "adam m=none"),
            Method.added("Adam, count-min", "adam m=none,v=count-min:0.2"),
            Method.added("Adam, count-min, cleaned", "adam m=none,v=count-min:0.2:clean=125x0.2"),
            Method.added("Adagrad, dense", "adagrad").withRatesTimes(10),
            Method.added("Adagrad, count-min", "adagrad v=count-min:0.2").withRatesTimes(10),
            Method.added("Adagrad, count-min, cleaned", "adagrad v=count-min:0.2:clean=125x0.5").withRatesTimes(10)));
  }

  private static Experiment table7() {
    return new TableExperiment("cs-table-7", "a Transformer, RMSprop, adaptive softmax", """
        Paper, table 7: LM1B, 18-layer Transformer-XL with 8 heads, 2048 hidden units, embedding 256, adaptive softmax,\
         RMSprop, cosine from 2.5e-4 to 0, clip 0.25, 5 epochs of batch 224; CMS: the second moment of embedding and\
         softmax in a count-min sketch of a fifth of the size.""", """
        Scaled down to two cores: WikiText-2 with the 8,000 most frequent words in place of LM1B, a pre-norm Transformer of\
         two layers of 128 with learned positions in place of Transformer-XL of 18, half a million tokens. The adaptive\
         softmax and the sketches of its tables, head and tails, are as in the paper.""",
        size -> transformer(size, 0.0005f, 0.001f, 0.002f, 0.004f),
        List.of(
            Method.published("dense", "rmsprop:alpha=0.999", 38.83),
            Method.published("CMS, old value queried", "rmsprop:alpha=0.999 v=count-min:0.2:decay=queried", 39.36)
                .atMost(1.015),
            Method.published("CMS, as in the paper's code", "rmsprop:alpha=0.999 v=count-min:0.2", 39.36)
                .atMost(1.015),
            Method.added("CMS, global decay", "rmsprop:alpha=0.999 v=count-min:0.2:decay=global").atMost(1.015),
            Method.published("LR-NMF", "rmsprop:alpha=0.999 v=rank-one", 37.56)));
  }

  private static Recipe transformer(Size size, Float... rates) {
    Schedule cosine = Schedule.parse("cosine");
    SoftmaxSpec adaptive = new SoftmaxSpec.Adaptive(List.of());
    return switch (size) {
      case SMOKE -> new Recipe(2_000, 8, 32, transformer(32, 1, 2, 64, 32), adaptive, 0.25, cosine,
          List.of(rates).subList(1, 3), new Recipe.Budget(8_000, 16_000, 2, SEEDS, 0));
      case SHORT -> new Recipe(8_000, 8, 64, transformer(128, 2, 4, 512, 64), adaptive, 0.25, cosine, List.of(rates),
          new Recipe.Budget(150_000, 500_000, 4, SEEDS, 0));
      case FULL -> new Recipe(0, 224, 32, transformer(256, 18, 8, 2_048, 32), adaptive, 0.25, cosine, List.of(2.5e-4f),
          new Recipe.Budget(0, 5 * WIKITEXT_EPOCH, 5, SEEDS, 0));
    };
  }

  private static TransformerConfig transformer(int columns, int layers, int heads, int feedForward, int window) {
    return new TransformerConfig(columns, layers, heads, feedForward, TransformerConfig.Positions.LEARNED, window, 0,
        false);
  }

  private static Experiment table9() {
    return new TableExperiment("cs-table-9", "Adam with a sampled softmax, one or both moments compressed", """
        Paper, table 9: LM1B, LSTM 2048 with projection to 256, sampled softmax, BPTT 20, clip 1, Adam with lr 5e-4 x 8,\
         linear decay, 5 epochs, test perplexity after the last; sketches of a fifth of the size.""", SCALING,
        size -> sampled(size, 0.004f, 0.008f, 0.016f, 0.032f),
        Stream.concat(adam(39.90, 40.55, 39.88, 40.41, 1.016, 1.00).stream(),
            Stream.of(
                Method.added("CS-MV, m at depth 5, bounded", "adam m=count-sketch:0.2:depth=5,v=count-min:0.2")
                    .atMost(1.016),
                Method.added("CS-M gap-aware, V row-wise",
                    "adam:correction=gap m=count-sketch:0.2:decay=global,v=row-wise").atMost(1.016)))
            .toList());
  }
}
