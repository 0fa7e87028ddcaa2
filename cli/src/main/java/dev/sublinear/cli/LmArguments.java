/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import dev.sublinear.layout.Term;
import dev.sublinear.step.MatrixSpec;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.StepSpec;
import dev.sublinear.train.data.Corpora;
import dev.sublinear.train.loop.LmOptions;
import dev.sublinear.train.loop.Schedule;
import dev.sublinear.train.model.LstmConfig;
import dev.sublinear.train.model.NetworkConfig;
import dev.sublinear.train.model.SoftmaxSpec;
import dev.sublinear.train.model.TransformerConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What {@code train lm} and {@code compare lm} have in common; every default of the two stands in this file.
 *
 * <p>The classes inside are mixins rather than picocli's argument groups: a group would take an option given twice for
 * a second group, and forget the values of the first. The help shows their names as headings.
 */
final class LmArguments {
  /** The optimizer of {@code train lm}. */
  static final String OPTIMIZER = "adam m=none,v=row-wise";

  private static final String DEFAULT = " Default: ${DEFAULT-VALUE}.";
  private static final String LSTM = "lstm";
  private static final String TRANSFORMER = "transformer";
  private static final int LSTM_BPTT = 35;
  private static final int LSTM_LAYERS = 1;
  private static final int HIDDEN = 256;
  private static final int PROJECTION = 128;
  private static final int TRANSFORMER_BPTT = 64;
  private static final int TRANSFORMER_LAYERS = 4;
  private static final int HEADS = 4;
  private static final int FEED_FORWARD = 4;
  private static final String POSITIONS = "learned";
  private static final String SAMPLED = "sampled:1024";

  @Mixin Data data = new Data();

  @Mixin Network network = new Network();

  @Mixin Training own = new Training();

  @Mixin RunArguments.Training training = new RunArguments.Training();

  @Mixin RunArguments.Output output = new RunArguments.Output();

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
        + " Default: " + LSTM_BPTT + ", or " + TRANSFORMER_BPTT + " for a transformer.")
    @Nullable Integer bptt;
  }

  /** The shape of the network. */
  static final class Network {
    @Option(names = "--model", paramLabel = "lstm|transformer", description = {
      "lstm: one or two LSTM layers and a projection; its state is carried from step to step.",
      "transformer: layers of causal self-attention and a feed-forward part, each after a normalisation; a word sees"
          + " the words before it in its window of --bptt tokens, and nothing else." + DEFAULT
    }) String model = LSTM;

    @Option(names = "--embedding", paramLabel = "N", description = "Columns of the input table; in a transformer of"
        + " every layer and of the output table too." + DEFAULT) int embedding = 128;

    @Option(names = "--layers", paramLabel = "N", description = "LSTM layers, 1 or 2, or layers of a transformer."
        + " Default: " + LSTM_LAYERS + ", or " + TRANSFORMER_LAYERS + " for a transformer.")
    @Nullable Integer layers;

    @Option(names = "--hidden", paramLabel = "N", description = "Units of an LSTM layer. Default: " + HIDDEN + ".")
    @Nullable Integer hidden;

    @Option(names = "--projection", paramLabel = "N", description = "Columns of the output table of an LSTM; 0 for those"
        + " of --hidden. Default: " + PROJECTION + ".")
    @Nullable Integer projection;

    @Option(names = "--heads", paramLabel = "N", description = "Heads of attention of a transformer; they divide"
        + " --embedding. Default: " + HEADS + ".")
    @Nullable Integer heads;

    @Option(names = "--feed-forward", paramLabel = "N", description = "Inner units of a transformer's feed-forward part."
        + " Default: " + FEED_FORWARD + " x --embedding.")
    @Nullable Integer feedForward;

    @Option(names = "--positions", paramLabel = "learned|rotary", description = "How a word of a transformer knows its"
        + " place: a learned vector for each, or queries and keys turned by it. Default: " + POSITIONS + ".")
    @Nullable String positions;

    @Option(names = "--dropout", paramLabel = "P", description = "Share of units dropped, in [0, 1)."
        + DEFAULT) double dropout = 0;

    @Option(names = "--tied", description = "One table for input and output; their columns must be equal.") boolean tied;

    @Option(names = "--softmax", paramLabel = "full|sampled:K|adaptive[:C,C]", description = {
      "Training loss over all words, over the right one and K drawn ones, or over the words below the first cutoff C"
          + " and groups of rarer ones, which get fewer columns (perplexities are always over all words)."
          + " Default: " + SAMPLED + ", or full where the corpus has no more than that many words; adaptive alone"
          + " cuts V words at V/15 and V/5."
    })
    @Nullable String softmax;
  }

  /** How it is trained, beside what {@link RunArguments.Training} says. */
  static final class Training {
    @Option(names = "--dense-optimizer", paramLabel = "\"NAME [SLOTS]\"", description = {
      "Optimizer of the tensors that are not tables (LSTM, Transformer, biases); rules of whole tensors too,"
          + " which leave biases with a row per word to the rule of the tables."
          + " Default: the rule of the tables with its default layouts."
    })
    @Nullable String denseOptimizer;

    @Option(names = "--dense-lr", paramLabel = "RATE", description = "Learning rate of the tensors that are not tables."
        + " Default: --lr, or of a rule of whole tensors its own.")
    @Nullable Double denseLearningRate;

    @Option(names = "--probe", paramLabel = "N", description = {
      "Keep the exact moments of N rows of each table too, and log how far those of the layouts are off; changes no"
          + " bit of the result. 0 keeps none." + DEFAULT
    }) int probe = 0;
  }

  /**
   * The options of a run; reads no data.
   *
   * @param tables the optimizer of the tables
   * @param learningRate the rate, or null for the rule's own
   * @throws IllegalArgumentException with one line naming what is wrong and what is legal
   */
  LmOptions options(OptimizerSpec tables, @Nullable Float learningRate) {
    RunArguments.checkThreads(training.threads);
    NetworkConfig config = network();
    LmOptions.Data text = new LmOptions.Data(data.corpus, data.maxVocabulary, data.batch, bptt());
    String dense = own.denseOptimizer;
    StepSpec others = dense == null
        ? OptimizerSpec.defaults(tables.rule())
        : Errors.named("--dense-optimizer", () -> StepSpec.parse(dense));
    Schedule schedule = training.schedule();
    float rate = learningRate == null ? tables.rule().defaultLearningRate() : learningRate;
    float usualDenseRate = others instanceof MatrixSpec ? others.defaultLearningRate() : rate;
    Double denseRate = own.denseLearningRate;
    LmOptions.Optimization optimization = new LmOptions.Optimization(tables, others, rate,
        denseRate == null ? usualDenseRate : denseRate.floatValue(), schedule, training.clip());
    return new LmOptions(text, config, softmax(), optimization, training.length(own.probe), training.seed);
  }

  /** The same run with the full softmax if nobody asked for the sampled one and the corpus is too small for it. */
  LmOptions fitted(LmOptions options, int words) {
    boolean isTooSmall = options.softmax() instanceof SoftmaxSpec.Sampled(int samples) && samples >= words;
    return network.softmax == null && isTooSmall ? options.with(new SoftmaxSpec.Full()) : options;
  }

  private NetworkConfig network() {
    Network n = network;
    return switch (n.model) {
      case LSTM -> {
        refuse("--heads", n.heads);
        refuse("--feed-forward", n.feedForward);
        refuse("--positions", n.positions);
        yield new LstmConfig(n.embedding, or(n.hidden, HIDDEN), or(n.layers, LSTM_LAYERS), or(n.projection, PROJECTION),
            n.dropout, n.tied);
      }
      case TRANSFORMER -> {
        refuse("--hidden", n.hidden);
        refuse("--projection", n.projection);
        yield new TransformerConfig(n.embedding, or(n.layers, TRANSFORMER_LAYERS), or(n.heads, HEADS),
            or(n.feedForward, FEED_FORWARD * n.embedding), positions(), bptt(), n.dropout, n.tied);
      }
      default -> throw new IllegalArgumentException(
          "--model: " + Term.unknown("model", n.model, List.of(LSTM, TRANSFORMER)));
    };
  }

  private void refuse(String option, @Nullable Object value) {
    if (value != null) {
      throw new IllegalArgumentException(option + " " + value + ": --model " + network.model + " has none");
    }
  }

  private static int or(@Nullable Integer value, int fallback) {
    return value == null ? fallback : value;
  }

  private int bptt() {
    return or(data.bptt, network.model.equals(TRANSFORMER) ? TRANSFORMER_BPTT : LSTM_BPTT);
  }

  private TransformerConfig.Positions positions() {
    String name = network.positions == null ? POSITIONS : network.positions;
    List<TransformerConfig.Positions> legal = List.of(TransformerConfig.Positions.values());
    return legal.stream().filter(positions -> Term.lower(positions).equals(name)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException(
            "--positions: " + Term.unknown("positions", name, legal.stream().map(Term::lower).toList())));
  }

  private SoftmaxSpec softmax() {
    return SoftmaxSpec.parse(network.softmax == null ? SAMPLED : network.softmax);
  }
}
