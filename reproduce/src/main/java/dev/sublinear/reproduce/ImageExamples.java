/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.train.data.Examples;
import dev.sublinear.train.data.ImageSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Images as examples of two classes: a feature is a byte of the image times a factor. A byte a feature. Immutable under
 * the rule of {@link ImageSet}.
 *
 * @param name what to call them
 * @param places the images, in their order
 * @param positives labels of the positive class
 * @param scale of the bytes
 */
record ImageExamples(String name, List<Place> places, IntPredicate positives, double scale) implements Examples {
  /** One image of a set. */
  record Place(ImageSet images, int image) {
    private int label() {
      return images.label(image);
    }
  }

  /** At most {@code most} images of these sets whose label is wanted, shuffled by {@code seed}. */
  static List<Place> choose(List<ImageSet> sets, IntPredicate wanted, int most, long seed) {
    List<Place> places = new ArrayList<>();
    for (ImageSet set : sets) {
      for (int image = 0; image < set.size(); image++) {
        if (wanted.test(set.label(image))) {
          places.add(new Place(set, image));
        }
      }
    }
    int[] order = ShuffledExamples.order(places.size(), seed);
    return IntStream.of(order).limit(most).mapToObj(places::get).toList();
  }

  @Override
  public int rows() {
    return places.size();
  }

  @Override
  public int features() {
    return places.getFirst().images().imageBytes();
  }

  @Override
  public boolean isPositive(int row) {
    return positives.test(places.get(row).label());
  }

  @Override
  public int read(int row, int[] index, double[] value) {
    Place place = places.get(row);
    byte[] pixels = place.images().pixels();
    int start = place.image() * features();
    int n = 0;
    for (int i = 0; i < features(); i++) {
      int pixel = pixels[start + i] & 0xFF;
      if (pixel != 0) {
        index[n] = i;
        value[n++] = pixel * scale;
      }
    }
    return n;
  }
}
