/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Images in three splits of one size and one list of classes. Immutable under the rule of {@link ImageSet}.
 *
 * @param name what to call it in reports: the last name of its folder
 * @param train what is trained on
 * @param validation what is looked at during training
 * @param test what is looked at once, at the end
 */
public record ImageCorpus(String name, ImageSet train, ImageSet validation, ImageSet test) {
  /** Of the images to train on, one in this many goes to validation, rounded down but at least one. */
  private static final int HELD_OUT_IMAGES = 10;

  private static final String LEGAL = "; a folder of images has train-images-idx3-ubyte and train-labels-idx1-ubyte (or"
      + " digits10k-...) and t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte (.gz too), or data_batch_1.bin and"
      + " further and test_batch.bin, or one .tar.gz of train/<class>/<name>.jpg and test/<class>/<name>.jpg";

  /**
   * Checks that the splits are of one kind.
   *
   * @throws IllegalArgumentException if the sizes of images differ or a split has classes that train does not have
   */
  public ImageCorpus {
    check("validation", train, validation);
    check("test", train, test);
  }

  private static void check(String split, ImageSet train, ImageSet other) {
    if (other.channels() != train.channels() || other.height() != train.height() || other.width() != train.width()
        || other.classes().size() > train.classes().size()) {
      throw new IllegalArgumentException(split + " has " + other + "; train has " + train + ": the size must be the"
          + " same and the classes among those of train");
    }
  }

  /**
   * Reads a folder whole into memory; the files in it tell the kind.
   *
   * <ul>
   *   <li>MNIST: {@code train-images-idx3-ubyte} and {@code train-labels-idx1-ubyte}, or where they are absent the same
   *       with {@code digits10k}, for training, and {@code t10k-images-idx3-ubyte} and {@code t10k-labels-idx1-ubyte}
   *       for test; {@link IdxFile} reads them, each also with {@code .gz} added.
   *   <li>CIFAR-10: {@code data_batch_<number>.bin}, at least one, by rising number, and {@code test_batch.bin}; {@link
   *       CifarBinary} reads them.
   *   <li>A single file {@code *.tar.gz}; {@link ImageArchive} reads it.
   * </ul>
   *
   * <p>The images to train on are shuffled by {@code seed}; of n the first max(1, n / 10) are the validation split.
   *
   * @throws IllegalArgumentException if the folder or a file in it is absent, damaged or of another kind
   * @throws IOException if reading fails
   */
  public static ImageCorpus open(Path folder, long seed) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException("data " + folder + ": no such folder" + LEGAL);
    }
    Path last = folder.toAbsolutePath().normalize().getFileName();
    String name = last == null ? folder.toString() : last.toString();
    for (String stem : List.of("train", "digits10k")) {
      if (member(folder, stem + "-images-idx3-ubyte") != null) {
        return split(name, idx(folder, stem), idx(folder, "t10k"), seed);
      }
    }
    List<Path> batches = files(folder, "data_batch_\\d{1,9}\\.bin").stream()
        .sorted(Comparator.comparingInt(ImageCorpus::number)).toList();
    if (!batches.isEmpty()) {
      Path test = required(folder, "test_batch.bin");
      return split(name, CifarBinary.read(batches), CifarBinary.read(List.of(test)), seed);
    }
    List<Path> archives = files(folder, ".*\\.tar\\.gz");
    if (archives.size() == 1) {
      ImageArchive archive = ImageArchive.read(archives.getFirst());
      return split(name, archive.train(), archive.test(), seed);
    }
    throw new IllegalArgumentException("data " + folder + ": "
        + (archives.isEmpty() ? "no images" : archives.size() + " archives, so it is not clear which") + LEGAL);
  }

  private static ImageCorpus split(String name, ImageSet images, ImageSet test, long seed) {
    if (images.size() < 2) {
      throw new IllegalArgumentException(name + ": one image to train on; there must be at least 2, one of them for"
          + " validation");
    }
    ImageSet shuffled = images.shuffled(seed);
    int heldOut = Math.max(1, images.size() / HELD_OUT_IMAGES);
    return new ImageCorpus(name, shuffled.select(IntStream.range(heldOut, images.size()).toArray()),
        shuffled.select(IntStream.range(0, heldOut).toArray()), test);
  }

  private static ImageSet idx(Path folder, String stem) throws IOException {
    return IdxFile.read(required(folder, stem + "-images-idx3-ubyte"), required(folder, stem + "-labels-idx1-ubyte"));
  }

  private static Path required(Path folder, String name) {
    Path file = member(folder, name);
    if (file == null) {
      throw new IllegalArgumentException("data " + folder + ": no file " + name + LEGAL);
    }
    return file;
  }

  private static @Nullable Path member(Path folder, String name) {
    return Stream.of(name, name + ".gz").map(folder::resolve).filter(Files::isRegularFile).findFirst().orElse(null);
  }

  private static List<Path> files(Path folder, String pattern) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).filter(file -> file.getFileName().toString().matches(pattern)).toList();
    }
  }

  private static int number(Path batch) {
    return Integer.parseInt(batch.getFileName().toString().replaceAll("[^0-9]", ""));
  }
}
