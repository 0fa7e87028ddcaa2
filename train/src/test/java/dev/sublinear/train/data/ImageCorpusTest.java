/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageCorpusTest {
  @TempDir Path folder;

  private void idx(String stem, int images, String suffix) throws IOException {
    byte[] pixels = ImageFiles.images(images);
    byte[] labels = ImageFiles.labels(images);
    boolean gzip = suffix.equals(".gz");
    Files.write(folder.resolve(stem + "-images-idx3-ubyte" + suffix), gzip ? ImageFiles.gzip(pixels) : pixels);
    Files.write(folder.resolve(stem + "-labels-idx1-ubyte" + suffix), gzip ? ImageFiles.gzip(labels) : labels);
  }

  private static int[] firstPixels(ImageSet set) {
    return IntStream.range(0, set.size()).map(i -> set.pixels()[i * set.imageBytes()] & 0xFF).toArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "digits10k"})
  void open_mnist_keepsEveryImageWithItsLabelInOneSplit(String stem) throws IOException {
    idx(stem, 57, stem.equals("train") ? "" : ".gz");
    idx("t10k", 4, ".gz");
    ImageCorpus corpus = ImageCorpus.open(folder, 5);
    assertEquals(folder.getFileName().toString(), corpus.name());
    assertEquals(52, corpus.train().size());
    assertEquals(5, corpus.validation().size());
    assertArrayEquals(new int[] {0, 1, 2, 3}, firstPixels(corpus.test()));
    int[] all =
        IntStream.concat(Arrays.stream(firstPixels(corpus.train())), Arrays.stream(firstPixels(corpus.validation())))
            .sorted().toArray();
    assertArrayEquals(IntStream.range(0, 57).toArray(), all);
    for (int i = 0; i < corpus.train().size(); i++) {
      assertEquals(firstPixels(corpus.train())[i] % 3, corpus.train().label(i));
    }
  }

  @Test
  void open_sameSeed_sameSplits_anotherSeed_others() throws IOException {
    idx("train", 57, "");
    idx("t10k", 4, "");
    int[] splits = firstPixels(ImageCorpus.open(folder, 5).validation());
    assertArrayEquals(splits, firstPixels(ImageCorpus.open(folder, 5).validation()));
    assertFalse(Arrays.equals(splits, firstPixels(ImageCorpus.open(folder, 6).validation())));
  }

  @Test
  void open_cifarBatches_byRisingNumber() throws IOException {
    byte[] batch = new byte[2 * 3073];
    for (int number : new int[] {10, 2, 1}) {
      Arrays.fill(batch, (byte) number);
      batch[0] = 3;
      batch[3073] = 4;
      Files.write(folder.resolve("data_batch_" + number + ".bin"), batch);
    }
    Files.write(folder.resolve("test_batch.bin"), batch);
    ImageCorpus corpus = ImageCorpus.open(folder, 1);
    assertEquals("5 images 3 x 32 x 32, 10 classes", corpus.train().toString());
    assertEquals(2, corpus.test().size());
  }

  @Test
  void open_archive_splitsTrain() throws IOException {
    byte[] jpeg = ImageFiles.jpeg(8, 0x404040);
    ImageFiles.archive(folder.resolve("any.tar.gz"),
        Map.of("train/a/1.jpg", jpeg, "train/a/2.jpg", jpeg, "train/b/1.jpg", jpeg, "test/a/1.jpg", jpeg));
    ImageCorpus corpus = ImageCorpus.open(folder, 1);
    assertEquals(2, corpus.train().size());
    assertEquals(1, corpus.validation().size());
  }

  private void assertRefused(String message) {
    Exception e = assertThrows(IllegalArgumentException.class, () -> ImageCorpus.open(folder, 1));
    assertTrue(e.getMessage().contains(message) && e.getMessage().indexOf('\n') < 0, e.getMessage());
  }

  @Test
  void open_nothingThere_listsWhatWasLookedFor() throws IOException {
    assertRefused("no images; a folder of images has train-images-idx3-ubyte and");
    ImageFiles.archive(folder.resolve("a.tar.gz"), Map.of());
    ImageFiles.archive(folder.resolve("b.tar.gz"), Map.of());
    assertRefused("2 archives, so it is not clear which");
    Exception e = assertThrows(IllegalArgumentException.class, () -> ImageCorpus.open(folder.resolve("absent"), 1));
    assertTrue(e.getMessage().contains("absent: no such folder; a folder of images has"), e.getMessage());
  }

  @Test
  void open_aPartMissing_namesIt() throws IOException {
    idx("train", 5, "");
    assertRefused("no file t10k-images-idx3-ubyte");
    idx("t10k", 2, "");
    Files.delete(folder.resolve("train-labels-idx1-ubyte"));
    assertRefused("no file train-labels-idx1-ubyte");
  }

  @Test
  void open_oneImage_saysThatTwoAreNeeded() throws IOException {
    idx("train", 1, "");
    idx("t10k", 1, "");
    assertRefused("at least 2");
  }

  @Test
  void open_testOfAnotherKind_namesBoth() throws IOException {
    idx("train", 2, ""); // classes 0 and 1
    idx("t10k", 3, "");
    assertRefused("test has 3 images 1 x 2 x 3, 3 classes; train has 1 images 1 x 2 x 3, 2 classes");
  }

  @Test
  void select_keepsPixelsAndLabels() throws IOException {
    idx("train", 9, "");
    ImageSet set = IdxFile.read(folder.resolve("train-images-idx3-ubyte"), folder.resolve("train-labels-idx1-ubyte"));
    ImageSet selected = set.select(new int[] {7, 2});
    assertArrayEquals(new int[] {7, 2}, firstPixels(selected));
    assertEquals(1, selected.label(0));
    assertEquals(2, selected.label(1));
  }
}
