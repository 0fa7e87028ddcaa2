/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.step.StepSpec;
import dev.sublinear.train.data.Corpora;
import dev.sublinear.train.data.Corpus;
import dev.sublinear.train.data.ImageCorpus;
import dev.sublinear.train.data.ParallelCorpus;
import dev.sublinear.train.data.ParallelText;
import dev.sublinear.train.loop.ImageOptions;
import dev.sublinear.train.loop.ImageTraining;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What every experiment works with: data, size, and a trainer that keeps every run's directory. Not thread-safe, but
 * for what {@link #together} gives its tasks.
 */
public final class Lab {
  private static final String WIKITEXT = "wikitext-2";
  private static final String TATOEBA = "tatoeba-fra-eng";

  /** Glosses that stand for sentence pairs in the smoke run. */
  private static final int SMOKE_PAIRS = 1_000;

  private final Size size;
  private final @Nullable Path data;
  private final int threads;
  private final String command;
  private final Journal journal;

  /**
   * Looks at nothing yet.
   *
   * @param size how large experiments are
   * @param data a folder with {@code wikitext-2} and others in it, or one of these; null for the smoke run
   * @param threads of a training, or trainings at once; changes no bit of the results
   * @param runs makes, before the first training, what gets a directory for each
   * @param command the command line, for the summaries of the runs
   * @param progress takes a line when something begins or ends
   */
  public Lab(Size size, @Nullable Path data, int threads, Supplier<RunDirectory> runs, String command,
      Consumer<String> progress) {
    this(size, data, threads, command, new Journal(runs, progress));
  }

  private Lab(Size size, @Nullable Path data, int threads, String command, Journal journal) {
    this.size = size;
    this.data = data;
    this.threads = threads;
    this.command = command;
    this.journal = journal;
  }

  /** What has been trained and said so far. Thread-safe. */
  private static final class Journal {
    private final Supplier<RunDirectory> makeRuns;
    private final Consumer<String> progress;
    private final long start = System.nanoTime();
    private @Nullable RunDirectory runs;
    private int trained;

    Journal(Supplier<RunDirectory> makeRuns, Consumer<String> progress) {
      this.makeRuns = makeRuns;
      this.progress = progress;
    }

    synchronized RunDirectory runs() {
      if (runs == null) {
        runs = makeRuns.get();
      }
      return runs;
    }

    synchronized boolean hasRuns() {
      return runs != null;
    }

    /** A directory for the next training. */
    synchronized RunDirectory directory(String label) {
      trained++;
      String name = label.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]+", "-").replaceAll("^-|-+$", "");
      return runs().child(String.format(Locale.ROOT, "%03d-%s", trained, name));
    }

    double seconds() {
      return (System.nanoTime() - start) / 1e9;
    }

    synchronized void say(String line) {
      long seconds = (long) seconds();
      progress.accept(String.format(Locale.ROOT, "[%2d:%02d] %s", seconds / 60, seconds % 60, line));
    }
  }

  Size size() {
    return size;
  }

  int threads() {
    return threads;
  }

  /** Where the trainings are; made if there was none yet. */
  public RunDirectory runs() {
    return journal.runs();
  }

  /** Whether anything was trained in a directory of its own. */
  public boolean hasRuns() {
    return journal.hasRuns();
  }

  /**
   * Trains several things: as many at once as there are threads, each on one, which gets more done than one after the
   * other on all of them. The long form takes one after the other, since the engine has a single generator for dropout
   * and memory for one large model.
   *
   * @param items what to work on
   * @param work takes the lab to train with and an item; must not share what is not thread-safe
   * @return the results in the order of the items
   */
  <S, T> List<T> together(List<S> items, BiFunction<Lab, S, T> work) {
    if (threads == 1 || size == Size.FULL) {
      return items.stream().map(item -> work.apply(this, item)).toList();
    }
    Lab ofOneThread = new Lab(size, data, 1, command, journal);
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<T>> futures =
          items.stream().map(item -> executor.submit(() -> work.apply(ofOneThread, item))).toList();
      List<T> results = new ArrayList<>();
      try {
        for (Future<T> future : futures) {
          results.add(future.get());
        }
      } catch (ExecutionException e) {
        futures.forEach(future -> future.cancel(false)); // those that have begun write their files to the end
        if (e.getCause() instanceof RuntimeException failure) {
          throw failure;
        }
        throw new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        futures.forEach(future -> future.cancel(false));
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
      return results;
    }
  }

  /** Trains one item with one seed. */
  interface SeededWork<S, T> {
    T train(Lab lab, S item, long seed);
  }

  private record Seeded<S>(S item, long seed) {}

  /**
   * Trains every item with every seed, {@link #together}; seed by seed, so that what the machine does meanwhile falls
   * on all items alike.
   *
   * @return for every item, in their order, the results by seed
   */
  <S, T> List<List<T>> paired(List<Long> seeds, List<S> items, SeededWork<S, T> work) {
    List<Seeded<S>> all =
        seeds.stream().flatMap(seed -> items.stream().map(item -> new Seeded<>(item, seed))).toList();
    List<T> results = together(all, (own, each) -> work.train(own, each.item, each.seed));
    List<List<T>> byItem = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      List<T> own = new ArrayList<>();
      for (int at = i; at < results.size(); at += items.size()) {
        own.add(results.get(at));
      }
      byItem.add(own);
    }
    return byItem;
  }

  /**
   * Reads the text: the embedded corpus for {@link Size#SMOKE}, otherwise the data that was named.
   *
   * @param maxVocabulary most words to keep; 0 for all
   * @throws IllegalArgumentException if there is no such text, or none was named or one too many
   */
  Corpus text(int maxVocabulary) throws IOException {
    Path folder = folder(WIKITEXT);
    return Corpora.open(folder == null ? Corpora.WORDNET : folder.toString(), maxVocabulary);
  }

  /**
   * Reads sentence pairs: glosses backwards for {@link Size#SMOKE}, otherwise the data that was named.
   *
   * @param longest most words of a gloss
   * @throws IllegalArgumentException if there are no such pairs, or none were named or one too many
   */
  ParallelText pairs(int longest) throws IOException {
    Path folder = folder(TATOEBA);
    if (folder == null) {
      return ReversedGlosses.read(longest, SMOKE_PAIRS);
    }
    Path plain = Files.isDirectory(folder) ? folder.resolve("fra.txt") : folder;
    Path gzip = plain.resolveSibling(plain.getFileName() + ".gz");
    return ParallelText.read(Files.exists(gzip) && !Files.exists(plain) ? gzip : plain);
  }

  /**
   * The folder of that name in the data that was named, or the data itself where it has none; null in the smoke run,
   * which has its own.
   *
   * @throws IllegalArgumentException if no data was named, or some for the smoke run
   */
  @Nullable
  Path folder(String name) {
    if (size == Size.SMOKE && data != null) {
      throw new IllegalArgumentException("data " + data + ": --smoke has its own data; leave one out");
    }
    if (size != Size.SMOKE && data == null) {
      throw new IllegalArgumentException(
          "data is missing: name a folder with " + name + " in it by --data, or take --smoke, which needs none");
    }
    if (data == null) {
      return null;
    }
    Path inside = data.resolve(name);
    return Files.isDirectory(inside) ? inside : data;
  }

  /**
   * Trains, and keeps the run's directory.
   *
   * @throws IllegalStateException if the training broke off
   */
  ReportRun train(String label, LmOptions options, Corpus corpus, TrainingListener listener) {
    try (LmTraining training = new LmTraining(options, corpus, threads, listener)) {
      return training.run(label, setup(options.optimization().tables(), options.seed()), journal.directory(label));
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      throw new IllegalStateException(label + ": " + e.getMessage(), e);
    }
  }

  /**
   * Trains a network for images, and keeps the run's directory.
   *
   * @throws IllegalStateException if the training broke off
   */
  ReportRun train(String label, ImageOptions options, ImageCorpus corpus, TrainingListener listener) {
    try (ImageTraining training = new ImageTraining(options, corpus, threads, listener)) {
      return training.run(label, setup(options.optimization().others(), options.seed()), journal.directory(label));
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
      ReportRun run =
          training.run(label, setup(options.optimization().tables(), options.seed()), journal.directory(label));
      return new Translated(run,
          training.translate(corpus.test().stream().map(ParallelCorpus.TestSentence::source).toList()));
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      throw new IllegalStateException(label + ": " + e.getMessage(), e);
    }
  }

  private Summary.Setup setup(StepSpec optimizer, long seed) {
    return Summary.Setup.of(command, seed, optimizer, KernelSelection.current().description(), "reproduce");
  }

  /**
   * Trains what other figures are taken from.
   *
   * @throws IllegalStateException if the training broke off or diverged
   */
  void trainToTheEnd(String label, LmOptions options, Corpus corpus, TrainingListener listener) {
    requireEnd(train(label, options, corpus, listener));
  }

  /**
   * Refuses a training that other figures cannot be taken from.
   *
   * @throws IllegalStateException if it diverged
   */
  static void requireEnd(ReportRun run) {
    Long diverged = run.summary().outcome().divergedAtStep();
    if (diverged != null) {
      throw new IllegalStateException(run.label() + ": diverged at step " + diverged);
    }
  }

  /** Says what is going on, with the time since the beginning. */
  void say(String line) {
    journal.say(line);
  }

  /** Seconds since the beginning. */
  double seconds() {
    return journal.seconds();
  }
}
