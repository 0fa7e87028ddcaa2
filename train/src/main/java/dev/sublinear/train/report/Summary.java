/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.sublinear.step.MatrixSpec;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.StepSpec;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a run was and what came out of it: the content of {@code summary.json}.
 *
 * <p>{@link Setup}, {@link Task}, {@link Outcome} and {@link Scores} only group the constructor's arguments; in the
 * file their keys stand at the top level. {@code bytes} is summed from {@code memory}, so the two cannot disagree. A
 * phase that did not happen has no key; a number that is not finite is null.
 *
 * @param setup what was asked for
 * @param task the data and the model
 * @param outcome how it ended
 * @param scores losses, perplexities or error rates, and errors of probed moments
 * @param memory bytes by component; each tensor is counted in exactly one of them
 * @param throughput speed; null if no step was timed
 */
@JsonPropertyOrder({"setup", "task", "outcome", "scores", "bytes", "memory", "throughput"})
public record Summary(
    @JsonUnwrapped Setup setup,
    @JsonUnwrapped Task task,
    @JsonUnwrapped Outcome outcome,
    @JsonUnwrapped Scores scores,
    List<MemoryComponent> memory,
    @Nullable Throughput throughput) {

  /** Copies the list. */
  public Summary {
    memory = List.copyOf(memory);
  }

  /** The totals of {@link #memory}. */
  @JsonProperty("bytes")
  public Bytes bytes() {
    return Bytes.sum(memory);
  }

  /** This summary as the text of {@code summary.json}. */
  public String toJson() {
    return Json.document(this);
  }

  /**
   * What was asked for.
   *
   * @param command the exact command line
   * @param seed the seed
   * @param optimizer the rule, for example {@code adam}
   * @param state the layouts, for example {@code m=count-sketch:0.2,v=count-min:0.2}
   * @param kernels the kernels that ran: {@code simd-512}, or {@code scalar: reason}
   * @param version the version of Sublinear
   */
  public record Setup(String command, long seed, String optimizer, String state, String kernels, String version) {
    /**
     * What was asked for, with the rule and the layouts of {@code optimizer}; a rule of whole tensors has no layouts.
     */
    public static Setup of(String command, long seed, StepSpec optimizer, String kernels, String version) {
      return switch (optimizer) {
        case OptimizerSpec rows ->
          new Setup(command, seed, rows.rule().toString(), rows.state(), kernels, version);
        case MatrixSpec whole -> new Setup(command, seed, whole.toString(), "", kernels, version);
      };
    }
  }

  /**
   * The data and the model.
   *
   * @param corpus the corpus; null where the task has none
   * @param images the images; null where the task has none
   * @param model the model
   */
  public record Task(@Nullable Corpus corpus, @Nullable Images images, Model model) {
    /** A task on a text. */
    public Task(@Nullable Corpus corpus, Model model) {
      this(corpus, null, model);
    }
  }

  /**
   * Images with classes.
   *
   * @param name the name of their folder
   * @param train images to train on
   * @param validation images of the validation split
   * @param test images of the test split
   * @param channels 1 for gray, 3 for colors
   * @param height rows of an image
   * @param width columns of an image
   * @param classes number of classes
   */
  public record Images(String name, long train, long validation, long test, int channels, int height, int width,
      int classes) {}

  /**
   * A corpus.
   *
   * @param name its name or path
   * @param tokens tokens of the training text
   * @param vocabulary distinct words, {@code <eos>} and {@code <unk>} included
   * @param unigramPerplexity what word counts alone reach: the figure to beat
   */
  public record Corpus(String name, long tokens, long vocabulary, UnigramPerplexity unigramPerplexity) {}

  /**
   * The perplexity of the unigram baseline.
   *
   * @param validation on the validation text
   * @param test on the test text
   */
  public record UnigramPerplexity(double validation, double test) {}

  /**
   * A model: its name and, in the same JSON object, its settings.
   *
   * @param name its name, for example {@code lstm}
   * @param settings further keys, in the order of the map: sizes, dropout, softmax
   */
  public record Model(String name, @JsonAnyGetter Map<String, Object> settings) {
    /** Copies the map, keeping its order. */
    public Model {
      settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }
  }

  /**
   * How the run ended; {@code status} in the file is {@code completed} or {@code diverged at step N}.
   *
   * @param steps optimizer steps done
   * @param seconds wall-clock seconds since the first step began, evaluation included
   * @param divergedAtStep the step whose loss or gradient, or the score after it, was not finite; null if the run
   *     completed
   * @param parametersSha256 the hash of the final parameters, in hexadecimal; null if they were not hashed
   * @param peakRssBytes the largest resident set of the process during the run, or since the process began where the
   *     system cannot reset it; null where the system does not tell; of all of them where several run at once
   * @param preconditionerFailures statistics and roots that a rule of whole tensors went without, because a gradient
   *     was not finite or a decomposition failed; null without such a rule
   */
  @JsonPropertyOrder({"status", "steps", "seconds", "parametersSha256", "peakRssBytes",
    "preconditionerFailures"})
  public record Outcome(
      long steps,
      double seconds,
      @JsonIgnore @Nullable Long divergedAtStep,
      @Nullable String parametersSha256,
      @Nullable Long peakRssBytes,
      @Nullable Long preconditionerFailures) {

    /** {@code completed} or {@code diverged at step N}. */
    @JsonProperty("status")
    public String status() {
      return divergedAtStep == null ? "completed" : "diverged at step " + divergedAtStep;
    }
  }

  /**
   * What was measured; null where the phase did not happen.
   *
   * @param train the last training loss
   * @param validation the final result on the validation data
   * @param test the final result on the test data
   * @param probe the last errors of the probed moments
   */
  public record Scores(@Nullable Loss train, @Nullable Score validation, @Nullable Score test,
      @Nullable List<ProbeMetric.SlotError> probe) {}

  /**
   * A mean loss.
   *
   * @param loss in nats per token or image
   */
  public record Loss(double loss) {}

  /**
   * A mean loss, and what people read: the perplexity of a text, or how many images are taken for another class.
   *
   * @param loss in nats per token or image
   * @param errorRate the share of images whose most probable class is a wrong one; null for a text
   */
  @JsonPropertyOrder({"loss", "perplexity", "errorRate"})
  public record Score(double loss, @Nullable Double errorRate) {
    /** The score of a text, whose perplexity is exp(loss). */
    public static Score ofLoss(double loss) {
      return new Score(loss, null);
    }

    /** exp(loss). */
    public double perplexity() {
      return Math.exp(loss);
    }

    /** The error rate of images, the perplexity of a text. */
    public double figure() {
      return errorRate == null ? perplexity() : errorRate;
    }

    /** {@code perplexity 148.37} or {@code error 2.35 %}. */
    public String text() {
      return errorRate == null ? "perplexity " + Numbers.perplexity(perplexity()) : "error " + Numbers.error(errorRate);
    }

    /** Whether the loss, or the perplexity of a text, is not finite. */
    public boolean hasDiverged() {
      return !Double.isFinite(errorRate == null ? perplexity() : loss);
    }

    @JsonProperty("perplexity")
    @Nullable
    Double perplexityOfText() {
      return errorRate == null ? perplexity() : null;
    }
  }

  /**
   * The bytes of one part of the model.
   *
   * @param component its name, for example {@code input table}
   * @param table whether it is an embedding or output table, updated row by row, rather than an ordinary tensor
   * @param parameters bytes of parameters
   * @param optimizerState bytes of optimizer state
   * @param optimizerStateDense bytes the same rule would take with dense layouts
   */
  public record MemoryComponent(
      String component, boolean table, long parameters, long optimizerState, long optimizerStateDense) {}

  /**
   * Bytes in total.
   *
   * @param parameters bytes of parameters
   * @param optimizerState bytes of optimizer state
   * @param optimizerStateDense bytes the same rule would take with dense layouts
   * @param tables the part of the tables in the three
   */
  public record Bytes(long parameters, long optimizerState, long optimizerStateDense, TableBytes tables) {
    private static Bytes sum(List<MemoryComponent> memory) {
      List<MemoryComponent> tables = memory.stream().filter(MemoryComponent::table).toList();
      return new Bytes(
          sum(memory, MemoryComponent::parameters),
          sum(memory, MemoryComponent::optimizerState),
          sum(memory, MemoryComponent::optimizerStateDense),
          new TableBytes(
              sum(tables, MemoryComponent::parameters),
              sum(tables, MemoryComponent::optimizerState),
              sum(tables, MemoryComponent::optimizerStateDense)));
    }

    private static long sum(List<MemoryComponent> memory, ToLongFunction<MemoryComponent> bytes) {
      return memory.stream().mapToLong(bytes).sum();
    }
  }

  /**
   * Bytes of the tables.
   *
   * @param parameters bytes of parameters
   * @param optimizerState bytes of optimizer state
   * @param optimizerStateDense bytes the same rule would take with dense layouts
   */
  public record TableBytes(long parameters, long optimizerState, long optimizerStateDense) {}

  /**
   * Speed.
   *
   * @param examplesPerSecond training examples (tokens for a language model) per second spent in training steps; the
   *     time of evaluations is not counted
   * @param stepMillisMedian the median duration of a whole step, in milliseconds
   * @param optimizerMillisMedian the median duration of its optimizer part, in milliseconds
   * @param stepMillisMean the mean duration of a whole step, in milliseconds: what counts where few steps are dear
   * @param optimizerMillisMean the mean duration of its optimizer part, in milliseconds
   */
  public record Throughput(double examplesPerSecond, double stepMillisMedian, double optimizerMillisMedian,
      double stepMillisMean, double optimizerMillisMean) {}
}
