/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.train.data.Examples;
import dev.sublinear.train.data.ImageCorpus;
import dev.sublinear.train.data.LibsvmFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One data set of the online experiments.
 *
 * @param examples its rows
 * @param note what it is, and what it stands in for
 * @param other rows on which the best settings run once more; null for none
 * @param isPublishedWhole whether it is what sketch sizes and the full matrix are measured on
 */
record OnlineData(Examples examples, String note, @Nullable Examples other,
    boolean isPublishedWhole) {
  private static final long SEED = 1;
  private static final int CIFAR_ROWS = 10_000;
  private static final int FOUR = 4;
  private static final int NINE = 9;

  /** What the size asks for, read whole: a second for LIBSVM files, half a minute for CIFAR-10's JPEGs. */
  static List<OnlineData> read(Lab lab) throws IOException {
    Path libsvm = lab.folder("libsvm");
    Path mnist = lab.folder("mnist");
    Path cifar = lab.folder("cifar10-jpg");
    if (libsvm == null || mnist == null || cifar == null) {
      return List.of(new OnlineData(new RandomExamples(400, 12), "Random rows, made for the smoke run.",
          new RandomExamples(200, 12), true));
    }
    OnlineData a9a = new OnlineData(LibsvmFile.read(libsvm.resolve("a9a")),
        "UCI Adult as LIBSVM has it: 0/1 features, one row in four positive.",
        LibsvmFile.read(libsvm.resolve("a9a.t")), true);
    OnlineData w8a = new OnlineData(ShuffledExamples.of(LibsvmFile.read(libsvm.resolve("w8a")), SEED),
        "Web pages by key word: 0/1 features, 3 % of the rows positive. Not in the paper. The file has all positive rows in"
            + " one block, so here the rows are shuffled by seed " + SEED + ".",
        null, false);
    return List.of(a9a, w8a, digits(mnist), images(cifar, lab.size()));
  }

  private static OnlineData digits(Path folder) throws IOException {
    ImageCorpus mnist = ImageCorpus.open(folder, SEED);
    Examples examples = new ImageExamples("mnist 4 against 9",
        ImageExamples.choose(List.of(mnist.train(), mnist.validation(), mnist.test()),
            label -> label == FOUR || label == NINE, Integer.MAX_VALUE, SEED),
        label -> label == FOUR, 1.0 / 255);
    return new OnlineData(examples, "**Stand-in for gisette_scale**, which could not be had and is made of the same two"
        + " digits (with products of pixels and noise among its 5,000 features): the fours (positive) and nines of the"
        + " " + (mnist.train().size() + mnist.validation().size() + mnist.test().size())
        + " MNIST images that are there, shuffled by seed " + SEED + ", pixels / 255 as gisette_scale is scaled"
        + " too.", null, false);
  }

  private static OnlineData images(Path folder, Size size) throws IOException {
    ImageCorpus cifar = ImageCorpus.open(folder, SEED);
    int most = size == Size.FULL ? Integer.MAX_VALUE : CIFAR_ROWS;
    List<ImageExamples.Place> places =
        ImageExamples.choose(List.of(cifar.train(), cifar.validation()), label -> true, most, SEED);
    Examples examples = new ImageExamples("cifar10 as JPEG", places, label -> label > 0, 1);
    return new OnlineData(examples, "**Stand-in for LIBSVM's cifar10**: " + places.size() + " training images, drawn"
        + " and shuffled by seed " + SEED
        + " (the archive has them class by class), that were re-encoded as JPEG (root mean square difference 7.9 of 255 from the"
        + " originals). As in the paper's code a row is positive if its class is above 0 (all but airplanes, nine rows"
        + " in ten), and pixels are 0 to 255, not scaled.", null, false);
  }
}
