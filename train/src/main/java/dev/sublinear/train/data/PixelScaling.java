/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Pixels as the numbers that a network sees: x = (p / 255 - mean) / deviation, in float32, with mean and standard
 * deviation of p / 255 over all pixels of a channel of the training images. A channel of one value becomes 0.
 *
 * <p>Sums are exact (integers), the rest is double rounded once. Bytes: 1 kB a channel. Immutable and thread-safe.
 */
public final class PixelScaling {
  private static final int VALUES = 256;

  private final int plane;
  private final float[][] scaled;

  private PixelScaling(int plane, float[][] scaled) {
    this.plane = plane;
    this.scaled = scaled;
  }

  /** The scaling that the training images decide. */
  public static PixelScaling of(ImageSet train) {
    int plane = train.height() * train.width();
    long[][] counts = new long[train.channels()][VALUES];
    byte[] pixels = train.pixels();
    for (int i = 0; i < pixels.length; i++) {
      counts[i / plane % counts.length][pixels[i] & 0xFF]++;
    }
    float[][] scaled = new float[counts.length][];
    for (int channel = 0; channel < counts.length; channel++) {
      scaled[channel] = scaled(counts[channel]);
    }
    return new PixelScaling(plane, scaled);
  }

  private static float[] scaled(long[] counts) {
    long n = 0;
    long sum = 0;
    long squares = 0;
    for (int value = 0; value < VALUES; value++) {
      n += counts[value];
      sum += counts[value] * value;
      squares += counts[value] * value * value;
    }
    double mean = (double) sum / n;
    double variance = (double) squares / n - mean * mean;
    double deviation = variance > 0 ? Math.sqrt(variance) : 1;
    float[] scaled = new float[VALUES];
    for (int value = 0; value < VALUES; value++) {
      scaled[value] = (float) ((value - mean) / deviation); // the factors 1 / 255 cancel
    }
    return scaled;
  }

  /**
   * Writes an image as float32.
   *
   * @param images where it stands; of the size and channels of the training images
   * @param image its place
   * @param target [channels x height x width] from {@code offset} on
   * @param offset in floats
   */
  public void write(ImageSet images, int image, MemorySegment target, long offset) {
    byte[] pixels = images.pixels();
    int first = image * images.imageBytes();
    for (int i = 0; i < images.imageBytes(); i++) {
      target.setAtIndex(ValueLayout.JAVA_FLOAT, offset + i, scaled[i / plane][pixels[first + i] & 0xFF]);
    }
  }
}
