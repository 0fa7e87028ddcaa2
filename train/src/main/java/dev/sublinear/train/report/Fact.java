/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something to know about a run that is not compared: its seed, its kernels, its hash.
 *
 * @param title its name
 * @param text its value, short
 * @param full its whole value where {@code text} abbreviates it; null elsewhere
 */
record Fact(String title, String text, @Nullable String full) {
  private static final int HASH_CHARACTERS = 12;

  /** The facts of a run; every run has the same titles in the same order. */
  static List<Fact> all(Summary run) {
    Summary.Setup setup = run.setup();
    Summary.Outcome outcome = run.outcome();
    Summary.Corpus corpus = run.task().corpus();
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("status", outcome.status(), null));
    facts.add(new Fact("optimizer", setup.optimizer(), null));
    facts.add(new Fact("state", setup.state(), null));
    facts.add(new Fact("steps", Numbers.count(outcome.steps()), null));
    facts.add(new Fact("time", Numbers.duration(outcome.seconds()), null));
    Summary.Images images = run.task().images();
    facts.add(images == null
        ? new Fact("corpus", corpus == null ? Numbers.ABSENT : describe(corpus), null)
        : new Fact("images", describe(images), null));
    facts.add(new Fact("model", describe(run.task().model()), null));
    facts.add(new Fact("parameters", ByteSize.format(run.bytes().parameters()), null));
    facts.add(new Fact("peak memory", bytes(outcome.peakRssBytes()), null));
    facts.add(new Fact("kernels", setup.kernels(), null));
    facts.add(new Fact("seed", Long.toString(setup.seed()), null));
    facts.add(new Fact("version", setup.version(), null));
    String hash = outcome.parametersSha256();
    facts.add(
        hash == null || hash.length() <= HASH_CHARACTERS
            ? new Fact("parameters SHA-256", hash == null ? Numbers.ABSENT : hash, null)
            : new Fact("parameters SHA-256", hash.substring(0, HASH_CHARACTERS) + "…", hash));
    return facts;
  }

  private static String describe(Summary.Corpus corpus) {
    return corpus.name()
        + ", "
        + Numbers.count(corpus.tokens())
        + " tokens, "
        + Numbers.count(corpus.vocabulary())
        + " words";
  }

  private static String describe(Summary.Images images) {
    return images.name() + ", " + Numbers.count(images.train()) + " / " + Numbers.count(images.validation()) + " / "
        + Numbers.count(images.test()) + " images of " + images.channels() + " x " + images.height() + " x "
        + images.width() + ", " + images.classes() + " classes";
  }

  private static String describe(Summary.Model model) {
    StringBuilder text = new StringBuilder(model.name());
    model.settings().forEach((key, value) -> text.append(", ").append(key).append(' ').append(value));
    return text.toString();
  }

  private static String bytes(@Nullable Long value) {
    return value == null ? Numbers.ABSENT : ByteSize.format(value);
  }
}
