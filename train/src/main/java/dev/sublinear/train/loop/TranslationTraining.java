/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import dev.sublinear.step.Workers;
import dev.sublinear.train.data.PairBatches;
import dev.sublinear.train.data.ParallelCorpus;
import dev.sublinear.train.data.SentencePair;
import dev.sublinear.train.data.Vocabulary;
import dev.sublinear.train.model.TranslationModel;
import dev.sublinear.train.report.Progress;
import dev.sublinear.train.report.ReportRun;
import dev.sublinear.train.report.RunDirectory;
import dev.sublinear.train.report.Summary;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One training run of a translation model: sentence pairs in, metrics and a summary out; then translations.
 *
 * <p>A step is: forward and backward over a batch, clip by global norm, one optimizer step per weight. {@code threads}
 * share the halves of the batch, the optimizer steps, validation and translation; their number changes no bit of the
 * result. The test sentences of the corpus are not looked at. A loss, gradient or perplexity that is not finite ends
 * the run; what was written stays. Use once; not thread-safe.
 */
public final class TranslationTraining implements AutoCloseable {
  /** Sentences that are translated side by side. */
  private static final int TRANSLATED_TOGETHER = 50;

  private final ParallelCorpus corpus;
  private final Training<Pairs> training;

  /**
   * Allocates the model and the optimizer state.
   *
   * @throws IllegalArgumentException if a sentence of the corpus is longer than the network's longest, or a layout does
   *     not fit a tensor
   */
  public TranslationTraining(TranslationOptions options, ParallelCorpus corpus, int threads) {
    this.corpus = corpus;
    checkLengths(options, corpus);
    PairBatches batches = new PairBatches(corpus.train(), options.batchWords(), options.seed());
    int epochBatches = batches.inOrder().size();
    Training.Plan plan = new Training.Plan(options.optimization(), options.length(), epochBatches, options.seed());
    training = new Training<>(plan, threads, new TrainingListener() {},
        (arena, workers) -> new Pairs(options, corpus, batches, epochBatches, arena, workers));
  }

  private static void checkLengths(TranslationOptions options, ParallelCorpus corpus) {
    int longest = IntStream.concat(
        Stream.concat(corpus.train().stream(), corpus.validation().stream())
            .mapToInt(pair -> Math.max(pair.source().length, pair.target().length)),
        corpus.test().stream().mapToInt(test -> test.source().length)).max().orElse(0);
    if (longest > options.network().longest()) {
      throw new IllegalArgumentException("longest " + options.network().longest() + ": must be at least the "
          + longest + " words of the longest sentence of " + corpus.name());
    }
  }

  /**
   * Trains, and writes metrics, summary and report into {@code directory}.
   *
   * @param label the name of this run in reports
   * @param setup what was asked for, as the summary quotes it
   */
  public ReportRun run(String label, Summary.Setup setup, RunDirectory directory) {
    return training.run(label, setup, directory);
  }

  /**
   * Translates greedily with the weights as they are.
   *
   * @param sources word ids, each ending with that of {@code <eos>}
   * @return a line for each, words with blanks between them
   */
  public List<String> translate(List<int[]> sources) {
    // Sentences of similar lengths side by side, so that few wait for the longest.
    List<Integer> order = IntStream.range(0, sources.size()).boxed()
        .sorted(Comparator.comparingInt((Integer i) -> sources.get(i).length)).toList();
    List<List<int[]>> together = new ArrayList<>();
    for (int from = 0; from < order.size(); from += TRANSLATED_TOGETHER) {
      together.add(order.subList(from, Math.min(from + TRANSLATED_TOGETHER, order.size())).stream().map(sources::get)
          .toList());
    }
    String[] lines = new String[sources.size()];
    int next = 0;
    for (List<int[]> translated : training.task().translate(together)) {
      for (int[] words : translated) {
        lines[order.get(next++)] = corpus.targetText(words);
      }
    }
    return List.of(lines);
  }

  @Override
  public void close() {
    training.close();
  }

  /** Sentence pairs, and the model that translates them. */
  private static final class Pairs implements TrainingTask {
    private final TranslationOptions options;
    private final ParallelCorpus corpus;
    private final PairBatches batches;
    private final int epochBatches;
    private final List<List<SentencePair>> validationBatches;
    private final Workers workers;
    private final TranslationModel model;
    private List<List<SentencePair>> epoch = List.of();
    private List<SentencePair> batch = List.of();

    Pairs(TranslationOptions options, ParallelCorpus corpus, PairBatches batches, int epochBatches, Arena arena,
        Workers workers) {
      this.options = options;
      this.corpus = corpus;
      this.batches = batches;
      this.epochBatches = epochBatches;
      this.workers = workers;
      validationBatches = new PairBatches(corpus.validation(), options.batchWords(), options.seed()).inOrder();
      model = new TranslationModel(options.network(), corpus.source().size(), corpus.target().size(),
          options.batchWords(), options.seed(), arena);
    }

    List<List<int[]>> translate(List<List<int[]>> together) {
      return model.translate(together, corpus.target().id(Vocabulary.EOS), workers);
    }

    @Override
    public TranslationModel model() {
      return model;
    }

    @Override
    public int load(long step) {
      int place = (int) ((step - 1) % epochBatches);
      if (place == 0) {
        epoch = batches.epoch((int) ((step - 1) / epochBatches));
      }
      batch = epoch.get(place);
      return batch.stream().mapToInt(pair -> pair.target().length).sum();
    }

    @Override
    public float forwardBackward(long step) {
      return model.forwardBackward(batch, workers);
    }

    @Override
    public Summary.Score validate() {
      return Summary.Score.ofLoss(model.evaluate(validationBatches, workers));
    }

    /** Null: translations are scored, by BLEU. */
    @Override
    public Summary.@Nullable Score test() {
      return null;
    }

    @Override
    public Progress.Unit unit() {
      return Progress.Unit.TOKENS;
    }

    @Override
    public Summary.Task describe() {
      Map<String, Object> settings = new LinkedHashMap<>(options.network().settings());
      settings.put("corpus", corpus.name());
      settings.put("sourceWords", corpus.source().size());
      settings.put("targetWords", corpus.target().size());
      settings.put("batchWords", options.batchWords());
      settings.put("learningRate", options.optimization().learningRate());
      settings.put("schedule", options.optimization().schedule().toString());
      settings.put("clip", options.optimization().clip());
      return new Summary.Task(null, new Summary.Model("translation", settings));
    }
  }
}
