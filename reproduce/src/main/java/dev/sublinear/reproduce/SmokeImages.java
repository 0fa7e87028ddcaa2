/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.train.data.ImageCorpus;
import dev.sublinear.train.data.ImageSet;
import java.util.List;
import java.util.Random;

/** Images made for the smoke run: a bright bar, upright or lying, in noise. */
final class SmokeImages {
  private static final int SIDE = 16;
  private static final int BRIGHT = 200;
  private static final int NOISE = 128;

  private SmokeImages() {}

  static ImageCorpus make() {
    return new ImageCorpus("bars", set(400, 1), set(100, 2), set(100, 3));
  }

  private static ImageSet set(int images, long seed) {
    Random random = new Random(seed);
    byte[] pixels = new byte[images * SIDE * SIDE];
    int[] labels = new int[images];
    for (int i = 0; i < images; i++) {
      labels[i] = random.nextInt(2);
      int bar = random.nextInt(SIDE);
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          boolean isBar = (labels[i] == 0 ? x : y) == bar;
          pixels[(i * SIDE + y) * SIDE + x] = (byte) (isBar ? BRIGHT : random.nextInt(NOISE));
        }
      }
    }
    return new ImageSet(List.of("upright", "lying"), 1, SIDE, SIDE, pixels, labels);
  }
}
