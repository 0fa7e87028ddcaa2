/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import dev.sublinear.layout.Term;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.train.data.Corpora;
import dev.sublinear.train.loop.LmOptions;
import dev.sublinear.train.loop.Schedule;
import dev.sublinear.train.model.LstmConfig;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What {@code train lm} and {@code compare lm} have in common; every default of the two stands in this file.
 *
 * <p>The classes inside are mixins rather than picocli's argument groups: a group would take an option given twice for a
 * second group, and forget the values of the first. The help shows their names as headings.
 */
final class LmArguments {
  /** The optimizer of {@code train lm}. */
  static final String OPTIMIZER = "adam m=none,v=row-wise";

  private static final String DEFAULT = " Default: ${DEFAULT-VALUE}.";
  private static final String SAMPLED = "sampled:1024";
  private static final double EPOCHS = 2;
  private static final int EVALUATIONS = 6;
  private static final int STEPS_PER_EVALUATION = 100;
  private static final String NO_CLIP = "none";
  private static final int MAX_THREADS = 1024;

  @Mixin Data data = new Data();

  @Mixin Network network = new Network();

  @Mixin Training training = new Training();

  @Mixin Output output = new Output();

  /** The text and how it is cut. */
  static final class Data {
    @Option(names = "--corpus", paramLabel = "wordnet|FILE|DIR", description = {
      "The glosses of WordNet 3.1, a text file (its last tenth is held out), or a folder with train.txt, valid.txt and"
          + " test.txt; .gz too." + DEFAULT
    }) String corpus = Corpora.WORDNET;

    @Option(names = "--max-vocabulary", paramLabel = "N", description = "Keep the N most frequent words; 0 keeps all."
        + DEFAULT) int maxVocabulary = 0;

    @Option(names = "--batch", paramLabel = "N", description = "Rows of text side by side." + DEFAULT) int batch = 32;

    @Option(names = "--bptt", paramLabel = "N", description = "Tokens of a row per step, also how far gradients reach back."
        + DEFAULT) int bptt = 35;
  }

  /** The shape of the network. */
  static final class Network {
    @Option(names = "--model", paramLabel = "lstm", description = "The kind of network." + DEFAULT) String model =
        "lstm";

    @Option(names = "--embedding", paramLabel = "N", description = "Columns of the input table."
        + DEFAULT) int embedding = 128;

    @Option(names = "--hidden", paramLabel = "N", description = "Units of an LSTM layer." + DEFAULT) int hidden = 256;

    @Option(names = "--layers", paramLabel = "1|2", description = "LSTM layers." + DEFAULT) int layers = 1;

    @Option(names = "--projection", paramLabel = "N", description = "Columns of the output table; 0 for those of --hidden."
        + DEFAULT) int projection = 128;

    @Option(names = "--dropout", paramLabel = "P", description = "Share of units dropped, in [0, 1)."
        + DEFAULT) double dropout = 0;

    @Option(names = "--tied", description = "One table for input and output; their columns must be equal.") boolean tied;

    @Option(names = "--softmax", paramLabel = "full|sampled:K", description = {
      "Training loss over all words, or over the right one and K drawn ones (perplexities are always over all)."
          + " Default: " + SAMPLED + ", or full where the corpus has no more than that many words."
    })
    @Nullable String softmax;
  }

  /** How it is trained. */
  static final class Training {
    @Option(names = "--dense-optimizer", paramLabel = "\"NAME [SLOTS]\"", description = {
      "Optimizer of the tensors that are not tables (LSTM, bias)."
          + " Default: the rule of the tables with dense layouts."
    })
    @Nullable String denseOptimizer;

    @Option(names = "--dense-lr", paramLabel = "RATE", description = "Learning rate of the tensors that are not tables. Default: --lr.")
    @Nullable Double denseLearningRate;

    @Option(names = "--schedule", paramLabel = "KIND[:KEY=VALUE]", description = {
      "How the learning rate goes: constant, linear, cosine, or plateau (divided by 4 when validation does not"
          + " improve); keys warmup=STEPS, shape=linear|quadratic (of the warm-up), end=FRACTION." + DEFAULT
    }) String schedule = "linear:end=0.1";

    @Option(names = "--clip", paramLabel = "NORM|none", description = "Largest norm of all gradients together."
        + DEFAULT) String clip = "1";

    @Option(names = "--steps", paramLabel = "N", description = "Length of the training in steps of batch x bptt tokens.")
    @Nullable Long steps;

    @Option(names = "--epochs", paramLabel = "X", description = "Length of the training in passes over the text. Default: "
        + EPOCHS + ", without --steps.")
    @Nullable Double epochs;

    @Option(names = "--evaluations", paramLabel = "N", description = "Validations during the training, evenly spread, the last at the end. Default: "
        + EVALUATIONS
        + ", or with --steps at most one per " + STEPS_PER_EVALUATION + " steps.")
    @Nullable Integer evaluations;

    @Option(names = "--probe", paramLabel = "N", description = {
      "Keep the exact moments of N rows of each table too, and log how far those of the layouts are off; changes no"
          + " bit of the result. 0 keeps none." + DEFAULT
    }) int probe = 0;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of weights, negatives, hashes and dropout: same seed, same result."
        + DEFAULT) long seed = 1;

    @Option(names = "--threads", paramLabel = "N", description = "Threads; changes no bit of the result. Default: one per processor.") int threads =
        Math.min(Runtime.getRuntime().availableProcessors(), MAX_THREADS);
  }

  /** Where results go. */
  static final class Output {
    @Option(names = "--out", paramLabel = "DIR", description = "Folder for summary.json, metrics.jsonl and report.html. Default: a fresh runs/<time>-<n>.")
    @Nullable Path out;

    @Option(names = "--quiet", description = "No progress; only the final table and errors.") boolean quiet;
  }

  /**
   * The options of a run; reads no data.
   *
   * @param tables the optimizer of the tables
   * @param learningRate the rate, or null for the rule's own
   * @throws IllegalArgumentException with one line naming what is wrong and what is legal
   */
  LmOptions options(OptimizerSpec tables, @Nullable Float learningRate) {
    if (!network.model.equals("lstm")) {
      throw new IllegalArgumentException("--model: " + Term.unknown("model", network.model, List.of("lstm")));
    }
    if (training.threads < 1 || training.threads > MAX_THREADS) {
      throw new IllegalArgumentException("--threads " + training.threads + ": must be in 1.." + MAX_THREADS);
    }
    LmOptions.Data text = new LmOptions.Data(data.corpus, data.maxVocabulary, data.batch, data.bptt);
    LstmConfig config = new LstmConfig(network.embedding, network.hidden, network.layers, network.projection,
        network.dropout, network.tied);
    String dense = training.denseOptimizer;
    OptimizerSpec others = dense == null
        ? OptimizerSpec.dense(tables.rule())
        : Errors.named("--dense-optimizer", () -> OptimizerSpec.parse(dense));
    Schedule schedule = Errors.named("--schedule", () -> Schedule.parse(training.schedule));
    float rate = learningRate == null ? tables.rule().defaultLearningRate() : learningRate;
    Double denseRate = training.denseLearningRate;
    LmOptions.Optimization optimization = new LmOptions.Optimization(tables, others, rate,
        denseRate == null ? rate : denseRate.floatValue(), schedule, clip());
    return new LmOptions(text, config, samples(), optimization, length(), training.seed);
  }

  /** The same run with the full softmax if nobody asked for the sampled one and the corpus is too small for it. */
  LmOptions fitted(LmOptions options, int words) {
    return network.softmax == null && options.samples() >= words
        ? new LmOptions(options.data(), options.network(), 0, options.optimization(), options.length(), options.seed())
        : options;
  }

  private int samples() {
    String softmax = network.softmax == null ? SAMPLED : network.softmax;
    if (softmax.equals("full")) {
      return 0;
    }
    String prefix = "sampled:";
    try {
      int samples = softmax.startsWith(prefix) ? Integer.parseInt(softmax.substring(prefix.length())) : 0;
      if (samples >= 1) {
        return samples;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException("--softmax '" + softmax
        + "': must be full, or sampled:K with a whole number K >= 1, for example " + SAMPLED);
  }

  private double clip() {
    if (training.clip.equals(NO_CLIP)) {
      return Double.POSITIVE_INFINITY;
    }
    try {
      return Double.parseDouble(training.clip);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--clip '" + training.clip + "': must be a number above 0, or none", e);
    }
  }

  private LmOptions.Length length() {
    Long steps = training.steps;
    Double epochs = training.epochs;
    if (steps != null && epochs != null) {
      throw new IllegalArgumentException("--steps " + steps + " and --epochs " + epochs + ": give one of them");
    }
    if (steps != null && steps < 1) {
      throw new IllegalArgumentException("--steps " + steps + ": must be >= 1");
    }
    Integer evaluations = training.evaluations;
    if (evaluations == null) {
      evaluations = steps == null ? EVALUATIONS : Math.clamp(steps / STEPS_PER_EVALUATION, 1, EVALUATIONS);
    }
    return new LmOptions.Length(steps == null ? 0 : steps, epochs == null ? EPOCHS : epochs, evaluations,
        training.probe);
  }
}
