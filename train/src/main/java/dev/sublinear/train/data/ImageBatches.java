/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import dev.sublinear.kernel.CounterRandom;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/**
 * Batches of images; every image once an epoch, in an order drawn anew from (seed, epoch) alone. The last batch of an
 * epoch has what is left. Not thread-safe.
 */
public final class ImageBatches {
  private final ImageSet images;
  private final int batch;
  private final long seed;
  private final PixelScaling scaling;
  private long epoch = -1;
  private int[] order = {};

  /**
   * Nothing is drawn yet.
   *
   * @param images what to cut
   * @param batch most images of a batch
   * @param seed seed of the order
   * @throws IllegalArgumentException if {@code batch} is below 1
   */
  public ImageBatches(ImageSet images, int batch, long seed) {
    if (batch < 1) {
      throw new IllegalArgumentException("batch " + batch + ": must be >= 1");
    }
    this.images = images;
    this.batch = batch;
    this.seed = seed;
    scaling = PixelScaling.of(images);
  }

  /** Batches of an epoch. */
  public int batches() {
    return Math.ceilDiv(images.size(), batch);
  }

  /** What the pixels are turned into; fits other splits too. */
  public PixelScaling scaling() {
    return scaling;
  }

  /**
   * Writes the batch of a step.
   *
   * @param step from 1; steps may come in any order
   * @param pixels [batch x channels x height x width], float32
   * @param labels [batch]
   * @return the number of images
   */
  public int fill(long step, MemorySegment pixels, int[] labels) {
    open((step - 1) / batches());
    int from = (int) ((step - 1) % batches()) * batch;
    int n = Math.min(batch, order.length - from);
    for (int i = 0; i < n; i++) {
      int image = order[from + i];
      scaling.write(images, image, pixels, (long) i * images.imageBytes());
      labels[i] = images.label(image);
    }
    return n;
  }

  private void open(long asked) {
    if (asked != epoch) {
      epoch = asked;
      long key = CounterRandom.key(seed, CounterRandom.stream("image batches"), epoch);
      order = Permutation.shuffle(IntStream.range(0, images.size()).toArray(), key);
    }
  }
}
