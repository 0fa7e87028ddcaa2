/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.train.data.ImageSet;
import dev.sublinear.train.report.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The online experiment on random rows, and how images become its rows. */
class SketchyOcoTest {
  @TempDir Path folder;
  private final List<String> said = new ArrayList<>();

  private Lab lab(Size size, Path data) {
    return new Lab(size, data, 2, () -> RunDirectory.create(folder.resolve("runs")), "test", said::add);
  }

  @Test
  void smoke_writesEveryTable() throws IOException {
    Path file = Reproduce.run(new SketchyOco(), lab(Size.SMOKE, null), folder.resolve("out"), "test", "abc1234");
    String text = Files.readString(file);
    assertEquals("sketchy-oco-smoke.md", String.valueOf(file.getFileName()));
    for (String method : List.of("ogd", "adagrad", "ada-fd", "fd-son", "rfd-son", "s-adagrad")) {
      assertEquals(2, text.lines().filter(line -> line.startsWith("| " + method + " ")).count(), text);
      assertEquals(1, said.stream().filter(line -> line.contains("random, " + method + ":")).count(), said.toString());
    }
    assertEquals(3, text.lines().filter(line -> line.matches("\\| (2|5|10) .*")).count(), "of 13 weights: " + text);
    assertEquals(2, text.lines().filter(line -> line.startsWith("| 10^(-")).count(), text);
    assertTrue(!text.contains("NaN") && !text.contains("null") && !text.contains("0.3322"), "figures of a9a: " + text);
    assertTrue(Files.exists(folder.resolve("out/images/sketchy-oco-smoke-1.png")));
    assertTrue(Files.notExists(folder.resolve("runs")), "there are no trainings");
  }

  @Test
  void data_missingOrOneTooMany_isRefused() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("data/libsvm"));
    for (Lab lab : List.of(lab(Size.SHORT, null), lab(Size.SMOKE, folder), lab(Size.SHORT, folder.resolve("data")))) {
      assertThrows(IllegalArgumentException.class, () -> OnlineData.read(lab));
    }
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
        () -> OnlineData.read(lab(Size.SHORT, folder.resolve("data"))));
    assertTrue(e.getMessage().contains(empty.resolve("a9a").toString()), e.getMessage());
  }

  @Test
  void images_becomeRows_shuffledAndScaled() {
    byte[] pixels = {0, (byte) 255, 51, 0, 5, 0, 7, 8, 102, 0};
    ImageSet first = new ImageSet(List.of("a", "b", "c"), 1, 1, 2, pixels, new int[] {0, 1, 2, 1, 0});
    List<ImageExamples.Place> places = ImageExamples.choose(List.of(first, first), label -> label != 2, 100, 3);
    assertEquals(8, places.size());
    Set<ImageExamples.Place> distinct = new HashSet<>(places);
    assertEquals(4, distinct.size());
    assertEquals(places, ImageExamples.choose(List.of(first, first), label -> label != 2, 100, 3));
    assertEquals(places.subList(0, 3), ImageExamples.choose(List.of(first, first), label -> label != 2, 3, 3));
    ImageExamples examples = new ImageExamples("images", places, label -> label == 1, 1 / 255.0);
    assertEquals(2, examples.features());
    assertEquals(4, IntStream.range(0, 8).filter(examples::isPositive).count());
    int row = IntStream.range(0, 8).filter(i -> places.get(i).image() == 0).findFirst().orElseThrow();
    int[] index = new int[2];
    double[] value = new double[2];
    assertEquals(1, examples.read(row, index, value));
    assertArrayEquals(new int[] {1, 0}, index);
    assertArrayEquals(new double[] {1, 0}, value);
  }

  @Test
  void shuffledRows_areAllThere() {
    RandomExamples rows = new RandomExamples(50, 12);
    ShuffledExamples shuffled = ShuffledExamples.of(rows, 1);
    assertArrayEquals(IntStream.range(0, 50).toArray(), IntStream.of(shuffled.order()).sorted().toArray());
    assertTrue(IntStream.range(0, 50).anyMatch(row -> shuffled.order()[row] != row));
    assertEquals(rows.isPositive(shuffled.order()[3]), shuffled.isPositive(3));
    assertArrayEquals(shuffled.order(), ShuffledExamples.order(50, 1));
  }

  @Test
  void randomRows_areAFunctionOfTheRow_ofBothClasses() {
    RandomExamples examples = new RandomExamples(300, 12);
    long positive = IntStream.range(0, 300).filter(examples::isPositive).count();
    assertTrue(positive > 60 && positive < 240, "positive " + positive);
    assertEquals(examples.isPositive(7), new RandomExamples(8, 12).isPositive(7));
  }
}
