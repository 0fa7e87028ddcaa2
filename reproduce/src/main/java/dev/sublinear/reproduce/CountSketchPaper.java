/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.train.model.LstmConfig;
import java.util.List;

/**
 * The tables of Spring, Kyrillidis, Mohan, Shrivastava: Compressing Gradient Optimizers via Count-Sketches, ICML 2019
 * (arXiv 1902.00179).
 */
final class CountSketchPaper {
  private static final String SCALING = """
      Scaled down to two cores: the 8,000 most frequent words and `<unk>` in place of 33,278, width 128 in place of 672,\
       about half a million training tokens in place of forty epochs, small batches so that there are steps enough, a\
       rate that falls in a straight line. What a sketch sees of it is as in the paper: the same kind of gradients (rows by Zipf's law in the input\
       table, a dense gradient of the output table under the full softmax), the same ratio of cells to elements and\
       so the same number of rows in a bucket. What is smaller is the number of steps over which errors can pile up.\
       So the ratio between two rows carries over, the perplexities do not.""";

  private CountSketchPaper() {}

  /** All of them. */
  static List<Experiment> experiments() {
    return List.of(table3(), table4(), table9());
  }

  private static Recipe recipe(Size size, int samples, double clip, Float... rates) {
    return switch (size) {
      case SMOKE -> new Recipe(new LstmConfig(32, 32, 2, 0, 0, false), samples == 0 ? 0 : 64, 1_000, 10, 20, clip,
          "linear:end=0.1", List.of(rates[1], rates[2]), 4_000, 12_000, 2, List.of(2L, 3L));
      case SHORT -> new Recipe(new LstmConfig(128, 128, 2, 0, 0, false), samples, 8_000, 10, 20, clip,
          "linear:end=0.1", List.of(rates), 150_000, 550_000, 5, List.of(2L, 3L));
      case FULL -> throw new IllegalStateException("not here");
    };
  }

  private static Experiment table3() {
    return new TableExperiment("cs-table-3", "Momentum on WikiText-2, both tables compressed", """
        Paper: WikiText-2, two LSTM layers of 672, full softmax, 40 epochs of batch 20 x 35, Momentum with lr 2.5, mu\
         0.9, clip 0.25, lr / 4 on a plateau; sketches of a fifth of the size.""", SCALING,
        size -> recipe(size, 0, 0.25, 0.5f, 1f, 2f, 4f),
        List.of(
            Method.published("dense", "momentum", 94.25),
            Method.published("CS, as published", "momentum m=count-sketch:0.2", 95.93).atMost(1.02),
            Method.added("CS, global decay", "momentum m=count-sketch:0.2:decay=global").atMost(1.02)));
  }

  private static Experiment table4() {
    return new TableExperiment("cs-table-4", "Adam on WikiText-2, one or both moments of both tables compressed", """
        Paper: as table 3, Adam with lr 0.001, beta 0.9 and 0.999, clip 1; sketches of a fifth of the size.""", SCALING,
        size -> recipe(size, 0, 1, 0.002f, 0.004f, 0.008f, 0.016f),
        List.of(
            Method.published("dense", "adam", 105.14),
            Method.published("CS-MV, as published", "adam:bounded=false m=count-sketch:0.2,v=count-min:0.2", 109.24)
                .atMost(1.04),
            Method.published("CS-V, as published", "adam v=count-min:0.2", 106.32).atMost(1.01)));
  }

  private static Experiment table9() {
    return new TableExperiment("cs-table-9", "Adam with a sampled softmax", "Paper", SCALING,
        size -> recipe(size, 1024, 1, 0.002f, 0.004f, 0.008f, 0.016f),
        List.of(Method.published("dense", "adam", 39.90)));
  }
}
