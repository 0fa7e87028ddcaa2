/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import dev.sublinear.step.Workers;
import dev.sublinear.train.data.BpttBatches;
import dev.sublinear.train.data.Corpus;
import dev.sublinear.train.model.LanguageModel;
import dev.sublinear.train.report.Progress;
import dev.sublinear.train.report.ReportRun;
import dev.sublinear.train.report.RunDirectory;
import dev.sublinear.train.report.Summary;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One training run of a language model: windows of text in, metrics and a summary out.
 *
 * <p>A step is: gather, forward, backward, clip by global norm, one optimizer step per weight. {@code threads} share
 * the halves of the batch, the optimizer steps and the evaluation; their number changes no bit of the result. A loss,
 * gradient or perplexity that is not finite ends the run; what was written stays. Use once; not thread-safe.
 */
public final class LmTraining implements AutoCloseable {
  private final Training<Windows> training;

  /**
   * Refuses a run that its corpus or this machine cannot bear; allocates nothing and does not load the engine.
   *
   * @throws IllegalArgumentException if the corpus is too short, a layout does not fit a tensor, or memory is short
   */
  public static void check(LmOptions options, Corpus corpus) {
    batches(options, corpus);
    int words = corpus.vocabulary().size();
    options.softmax().check(words);
    LmMemory.check(options, words, MachineMemory.totalBytes());
  }

  /**
   * Bytes a training needs at least: weights, optimizer state, gradients, and what a step keeps for its backward pass.
   *
   * @throws IllegalArgumentException if a layout cannot hold a tensor
   */
  public static long bytes(LmOptions options, int words) {
    return LmMemory.bytes(options, options.optimization().tables(), words);
  }

  /**
   * Checks data and memory, then allocates the model and the optimizer state.
   *
   * @throws IllegalArgumentException if the corpus is too short, a layout does not fit a table, or memory is short
   */
  public LmTraining(LmOptions options, Corpus corpus, int threads, TrainingListener listener) {
    check(options, corpus);
    BpttBatches batches = batches(options, corpus);
    Training.Plan plan =
        new Training.Plan(options.optimization(), options.length(), batches.windows(), options.seed());
    training = new Training<>(plan, threads, listener,
        (arena, workers) -> new Windows(options, corpus, batches, arena, workers));
  }

  private static BpttBatches batches(LmOptions options, Corpus corpus) {
    return BpttBatches.training(corpus.train(), options.data().batch(), options.data().bptt());
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

  /** The windows of a text, and the model that reads them. */
  private static final class Windows implements TrainingTask {
    private final LmOptions options;
    private final Corpus corpus;
    private final BpttBatches batches;
    private final Workers workers;
    private final LanguageModel model;
    private final int[] inputs;
    private final int[] targets;
    private int length;

    Windows(LmOptions options, Corpus corpus, BpttBatches batches, Arena arena, Workers workers) {
      this.options = options;
      this.corpus = corpus;
      this.batches = batches;
      this.workers = workers;
      inputs = new int[options.data().batch() * options.data().bptt()];
      targets = new int[inputs.length];
      model = new LanguageModel(options.network(), corpus.vocabulary().size(), options.softmax(),
          options.data().batch(), options.data().bptt(), options.seed(), arena);
    }

    @Override
    public LanguageModel model() {
      return model;
    }

    @Override
    public int load(long step) {
      int window = (int) ((step - 1) % batches.windows());
      if (window == 0) {
        model.resetState();
      }
      length = batches.fill(window, inputs, targets);
      return options.data().batch() * length;
    }

    @Override
    public float forwardBackward(long step) {
      return model.forwardBackward(step, inputs, targets, length, workers);
    }

    @Override
    public Summary.Score validate() {
      return Summary.Score.ofLoss(model.evaluate(corpus.validation(), workers));
    }

    @Override
    public Summary.Score test() {
      return Summary.Score.ofLoss(model.evaluate(corpus.test(), workers));
    }

    @Override
    public Progress.Unit unit() {
      return Progress.Unit.TOKENS;
    }

    @Override
    public Summary.Task describe() {
      Summary.Corpus described = new Summary.Corpus(corpus.name(), corpus.train().length, corpus.vocabulary().size(),
          new Summary.UnigramPerplexity(corpus.unigramPerplexity(corpus.validation()),
              corpus.unigramPerplexity(corpus.test())));
      Map<String, Object> settings = new LinkedHashMap<>(options.network().settings());
      settings.put("softmax", options.softmax().toString());
      settings.put("batch", options.data().batch());
      settings.put("bptt", options.data().bptt());
      settings.put("learningRate", options.optimization().learningRate());
      settings.put("othersLearningRate", options.optimization().othersLearningRate());
      settings.put("schedule", options.optimization().schedule().toString());
      settings.put("clip", options.optimization().clip());
      settings.put("denseOptimizer", options.optimization().others().toString());
      return new Summary.Task(described, new Summary.Model(options.network().name(), settings));
    }
  }
}
