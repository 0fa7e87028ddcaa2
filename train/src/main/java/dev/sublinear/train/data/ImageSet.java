/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import dev.sublinear.kernel.CounterRandom;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Images of one size, each with its class, as their files hold them: a byte in 0..255 per channel and pixel.
 *
 * <p>The array of pixels is handed out as it is, not copied. Nobody writes to it, and under that rule a set is
 * thread-safe. Bytes: images x (channels x height x width + 4).
 */
public final class ImageSet {
  private final List<String> classes;
  private final int channels;
  private final int height;
  private final int width;
  private final byte[] pixels;
  private final int[] labels;

  /**
   * Makes a set; keeps the arrays.
   *
   * @param classes the names of the classes
   * @param channels 1 for gray, 3 for red, green and blue
   * @param height rows of an image
   * @param width columns of an image
   * @param pixels [images x channels x height x width], unsigned
   * @param labels [images], places in {@code classes}
   * @throws IllegalArgumentException if there is no image, the lengths do not fit, or a label is no class
   */
  public ImageSet(List<String> classes, int channels, int height, int width, byte[] pixels, int[] labels) {
    if (channels < 1 || height < 1 || width < 1 || labels.length < 1) {
      throw new IllegalArgumentException(labels.length + " images of " + channels + " x " + height + " x " + width
          + ": each of the four must be >= 1");
    }
    if (pixels.length != (long) labels.length * channels * height * width) {
      throw new IllegalArgumentException(pixels.length + " pixels for " + labels.length + " images of " + channels
          + " x " + height + " x " + width + ": must be as many as the product");
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes.size()) {
        throw new IllegalArgumentException(
            "image " + i + " has label " + labels[i] + ": must be >= 0 and < " + classes.size() + ", the classes");
      }
    }
    this.classes = List.copyOf(classes);
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.pixels = pixels;
    this.labels = labels;
  }

  /** The number of images. */
  public int size() {
    return labels.length;
  }

  /** The names of the classes; a label is a place in them. */
  public List<String> classes() {
    return classes;
  }

  /** 1 for gray, 3 for red, green and blue. */
  public int channels() {
    return channels;
  }

  /** Rows of an image. */
  public int height() {
    return height;
  }

  /** Columns of an image. */
  public int width() {
    return width;
  }

  /** Bytes of an image: channels x height x width. */
  public int imageBytes() {
    return channels * height * width;
  }

  /** All pixels, [images x channels x height x width], unsigned; not a copy. */
  public byte[] pixels() {
    return pixels;
  }

  /** The class of an image. */
  public int label(int image) {
    return labels[image];
  }

  /** The images at {@code places}, in their order; copied. */
  public ImageSet select(int[] places) {
    byte[] selected = new byte[Math.multiplyExact(places.length, imageBytes())];
    for (int i = 0; i < places.length; i++) {
      System.arraycopy(pixels, places[i] * imageBytes(), selected, i * imageBytes(), imageBytes());
    }
    return new ImageSet(classes, channels, height, width, selected,
        Arrays.stream(places).map(place -> labels[place]).toArray());
  }

  /** The same images in an order drawn from {@code seed} alone; copied. */
  public ImageSet shuffled(long seed) {
    long key = CounterRandom.key(seed, CounterRandom.stream("image order"), 0);
    return select(Permutation.shuffle(IntStream.range(0, size()).toArray(), key));
  }

  /** {@code 9000 images 1 x 28 x 28, 10 classes}. */
  @Override
  public String toString() {
    return size() + " images " + channels + " x " + height + " x " + width + ", " + classes.size() + " classes";
  }
}
