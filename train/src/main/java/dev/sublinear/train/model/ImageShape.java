/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import dev.sublinear.train.data.ImageSet;

/**
 * What a network for images reads and tells apart.
 *
 * @param channels 1 for gray, 3 for colors
 * @param height rows of an image
 * @param width columns of an image
 * @param classes number of classes
 */
public record ImageShape(int channels, int height, int width, int classes) {
  /** Checks the ranges. */
  public ImageShape {
    Ranges.positive("channels", channels);
    Ranges.positive("height", height);
    Ranges.positive("width", width);
    Ranges.positive("classes", classes);
  }

  /** The shape of these images. */
  public static ImageShape of(ImageSet images) {
    return new ImageShape(images.channels(), images.height(), images.width(), images.classes().size());
  }

  /** Numbers of an image. */
  public int size() {
    return channels * height * width;
  }
}
