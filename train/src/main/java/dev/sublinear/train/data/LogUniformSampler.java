/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import dev.sublinear.kernel.CounterRandom;
import java.util.Objects;

/**
 * Draws the classes of a sampled softmax from a log-uniform (Zipfian) distribution, without repetition.
 *
 * <pre>
 *   P(k) = (log(k + 2) - log(k + 1)) / log(V + 1)        0 &lt;= k &lt; V
 *   E(k) = 1 - (1 - P(k))^tries                          expected count of k among the sample
 * </pre>
 *
 * <p>Ids must be in the order of falling frequency, as those of {@link Vocabulary} are. Classes are drawn until there
 * are K distinct ones; the logit of every class, true or sampled, is then corrected by -log E(k), with the number of
 * draws that this very sample took (Jean, Cho, Memisevic, Bengio, 2015, arXiv:1412.2007; Jozefowicz et al., 2016,
 * arXiv:1602.02410; the formulas are those of TensorFlow's {@code LogUniformCandidateSampler} with {@code
 * unique=true}). Differs from it in the source of randomness and in handing out the sample in ascending order; the
 * sample may contain true classes, as there.
 *
 * <p>A sample is a function of (seed, stream, step) alone and the same on every machine. {@link #sample} allocates
 * nothing. Memory: 12 bytes for 64 classes plus 4 for each sample. Not thread-safe.
 */
public final class LogUniformSampler {
  private final int samples;
  private final long seed;
  private final long stream;
  private final double logRange;
  private final UniqueIds chosen;
  private long tries;

  /**
   * Makes a sampler; there is no sample before the first call of {@link #sample}.
   *
   * @param vocabularySize V, the number of classes, at least 2
   * @param samples K, the number of distinct classes of a sample, at least 1 and less than V
   * @param seed the seed of the run
   * @param stream the name of this use of randomness, as in {@link CounterRandom#stream}
   * @throws IllegalArgumentException if {@code samples} is not in its range
   */
  public LogUniformSampler(int vocabularySize, int samples, long seed, String stream) {
    if (samples < 1 || samples >= vocabularySize) {
      throw new IllegalArgumentException("samples " + samples + ": must be >= 1 and < " + vocabularySize
          + ", the number of classes; with that many use the full softmax");
    }
    this.samples = samples;
    this.seed = seed;
    this.stream = CounterRandom.stream(stream);
    this.logRange = StrictMath.log(vocabularySize + 1.0);
    this.chosen = new UniqueIds(vocabularySize, samples);
  }

  /** Draws the sample of a step, which replaces the last one. */
  public void sample(long step) {
    long key = CounterRandom.key(seed, stream, step);
    chosen.clear();
    tries = 0;
    while (chosen.count() < samples) {
      chosen.add(draw(CounterRandom.uniformDouble(key, tries++)));
    }
    chosen.finish();
  }

  /** Inverts the distribution function log(k + 1) / log(V + 1); StrictMath, so that no machine draws another class. */
  private int draw(double uniform) {
    return Math.min((int) StrictMath.exp(uniform * logRange), vocabularySize()) - 1;
  }

  /** The number of classes, V. */
  public int vocabularySize() {
    return chosen.vocabularySize();
  }

  /** The number of distinct classes of a sample, K. */
  public int samples() {
    return samples;
  }

  /** The sample: K distinct ids, ascending; the buffer of this sampler, overwritten by the next {@link #sample}. */
  public int[] ids() {
    return chosen.ids();
  }

  /**
   * The place of an id in {@link #ids}, or -1 if it is not in the sample; finds accidental hits of true classes.
   *
   * @throws IndexOutOfBoundsException unless 0 &lt;= id &lt; V
   */
  public int index(int id) {
    return chosen.index(id);
  }

  /** How many draws the sample took, repetitions counted; at least K. */
  public long tries() {
    return tries;
  }

  /**
   * P(id), the probability of one draw.
   *
   * @throws IndexOutOfBoundsException unless 0 &lt;= id &lt; V
   */
  public double probability(int id) {
    Objects.checkIndex(id, vocabularySize());
    return Math.log1p(1.0 / (id + 1.0)) / logRange;
  }

  /**
   * log E(id) for the last sample: the logarithm of the expected count of a class, sampled or not, which is also the
   * probability that it is in the sample; minus infinity before the first sample.
   *
   * @throws IndexOutOfBoundsException unless 0 &lt;= id &lt; V
   */
  public double logExpectedCount(int id) {
    return Math.log(-Math.expm1(tries * Math.log1p(-probability(id))));
  }
}
