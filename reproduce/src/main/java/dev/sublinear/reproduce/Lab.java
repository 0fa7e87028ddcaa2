/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.train.data.Corpora;
import dev.sublinear.train.data.Corpus;
import dev.sublinear.train.data.ParallelCorpus;
import dev.sublinear.train.data.ParallelText;
import dev.sublinear.train.loop.LmOptions;
import dev.sublinear.train.loop.LmTraining;
import dev.sublinear.train.loop.TrainingListener;
import dev.sublinear.train.loop.TranslationOptions;
import dev.sublinear.train.loop.TranslationTraining;
import dev.sublinear.train.report.ReportRun;
import dev.sublinear.train.report.RunDirectory;
import dev.sublinear.train.report.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What every experiment works with: data, size, and a trainer that keeps every run's directory. Not thread-safe.
 */
public final class Lab {
  private static final String WIKITEXT = "wikitext-2";
  private static final String TATOEBA = "tatoeba-fra-eng";

  /** Glosses that stand for sentence pairs in the smoke run. */
  private static final int SMOKE_PAIRS = 1_000;

  private final Size size;
  private final @Nullable Path data;
  private final int threads;
  private final Supplier<RunDirectory> makeRuns;
  private final String command;
  private final Consumer<String> progress;
  private final long start = System.nanoTime();
  private @Nullable RunDirectory runs;
  private int trained;

  /**
   * Looks at nothing yet.
   *
   * @param size how large experiments are
   * @param data a text folder, or a folder with {@code wikitext-2} in it; null for the embedded corpus
   * @param threads of every training; changes no bit of the results
   * @param runs makes, before the first training, what gets a directory for each
   * @param command the command line, for the summaries of the runs
   * @param progress takes a line when something begins or ends
   */
  public Lab(Size size, @Nullable Path data, int threads, Supplier<RunDirectory> runs, String command,
      Consumer<String> progress) {
    this.size = size;
    this.data = data;
    this.threads = threads;
    makeRuns = runs;
    this.command = command;
    this.progress = progress;
  }

  Size size() {
    return size;
  }

  int threads() {
    return threads;
  }

  /** Where the trainings are; made if there was none yet. */
  public RunDirectory runs() {
    if (runs == null) {
      runs = makeRuns.get();
    }
    return runs;
  }

  /**
   * Reads the text: the embedded corpus for {@link Size#SMOKE}, otherwise the data that was named.
   *
   * @param maxVocabulary most words to keep; 0 for all
   * @throws IllegalArgumentException if there is no such text, or none was named or one too many
   */
  Corpus text(int maxVocabulary) throws IOException {
    if (size == Size.SMOKE && data == null) {
      return Corpora.open(Corpora.WORDNET, maxVocabulary);
    }
    if (data == null || size == Size.SMOKE) {
      throw new IllegalArgumentException(data == null
          ? "data is missing: name a folder with wikitext-2 in it by --data, or take --smoke and the embedded corpus"
          : "data " + data + ": --smoke has its own text; leave one out");
    }
    Path inside = data.resolve(WIKITEXT);
    return Corpora.open((Files.isDirectory(inside) ? inside : data).toString(), maxVocabulary);
  }

  /**
   * Reads sentence pairs: glosses backwards for {@link Size#SMOKE}, otherwise the data that was named.
   *
   * @param longest most words of a gloss
   * @throws IllegalArgumentException if there are no such pairs, or none were named or one too many
   */
  ParallelText pairs(int longest) throws IOException {
    if (size == Size.SMOKE && data == null) {
      return ReversedGlosses.read(longest, SMOKE_PAIRS);
    }
    if (data == null || size == Size.SMOKE) {
      throw new IllegalArgumentException(data == null
          ? "data is missing: name a folder with " + TATOEBA
              + " in it by --data, or take --smoke and the embedded corpus"
          : "data " + data + ": --smoke has its own text; leave one out");
    }
    Path folder = Files.isDirectory(data.resolve(TATOEBA)) ? data.resolve(TATOEBA) : data;
    Path plain = Files.isDirectory(folder) ? folder.resolve("fra.txt") : folder;
    Path gzip = plain.resolveSibling(plain.getFileName() + ".gz");
    return ParallelText.read(Files.exists(gzip) && !Files.exists(plain) ? gzip : plain);
  }

  /**
   * Trains, and keeps the run's directory.
   *
   * @throws IllegalStateException if the training broke off
   */
  ReportRun train(String label, LmOptions options, Corpus corpus, TrainingListener listener) {
    try (LmTraining training = new LmTraining(options, corpus, threads, listener)) {
      return training.run(label, setup(options.optimization(), options.seed()), directory(label));
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      throw new IllegalStateException(label + ": " + e.getMessage(), e);
    }
  }

  /**
   * A training of a translation model and what the model made of the test sentences.
   *
   * @param run the training
   * @param translations a line for each test sentence of the corpus
   */
  record Translated(ReportRun run, List<String> translations) {}

  /**
   * Trains, translates the test sentences of the corpus if there are any, and keeps the run's directory.
   *
   * @throws IllegalStateException if the training broke off
   */
  Translated translate(String label, TranslationOptions options, ParallelCorpus corpus) {
    try (TranslationTraining training = new TranslationTraining(options, corpus, threads)) {
      ReportRun run = training.run(label, setup(options.optimization(), options.seed()), directory(label));
      return new Translated(run,
          training.translate(corpus.test().stream().map(ParallelCorpus.TestSentence::source).toList()));
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      throw new IllegalStateException(label + ": " + e.getMessage(), e);
    }
  }

  private Summary.Setup setup(LmOptions.Optimization optimization, long seed) {
    return new Summary.Setup(command, seed, optimization.tables().rule().toString(), optimization.tables().state(),
        KernelSelection.current().description(), "reproduce");
  }

  /** A directory for the next training. */
  private RunDirectory directory(String label) {
    trained++;
    String name = label.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]+", "-").replaceAll("^-|-+$", "");
    return runs().child(String.format(Locale.ROOT, "%03d-%s", trained, name));
  }

  /**
   * Trains what other figures are taken from.
   *
   * @throws IllegalStateException if the training broke off or diverged
   */
  void trainToTheEnd(String label, LmOptions options, Corpus corpus, TrainingListener listener) {
    Long diverged = train(label, options, corpus, listener).summary().outcome().divergedAtStep();
    if (diverged != null) {
      throw new IllegalStateException(label + ": diverged at step " + diverged);
    }
  }

  /** Says what is going on, with the time since the beginning. */
  void say(String line) {
    long seconds = (System.nanoTime() - start) / 1_000_000_000L;
    progress.accept(String.format(Locale.ROOT, "[%2d:%02d] %s", seconds / 60, seconds % 60, line));
  }

  /** Seconds since the beginning. */
  double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }
}
