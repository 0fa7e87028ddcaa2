/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ImageBatchesTest {
  /** 25 images of 2 x 1 x 2: image i is 10 i, 10 i + 1 in the first channel and 7 in the second; its class is i. */
  private static ImageSet images() {
    byte[] pixels = new byte[100];
    for (int i = 0; i < 25; i++) {
      pixels[4 * i] = (byte) (10 * i);
      pixels[4 * i + 1] = (byte) (10 * i + 1);
      pixels[4 * i + 2] = 7;
      pixels[4 * i + 3] = 7;
    }
    List<String> classes = IntStream.range(0, 25).mapToObj(Integer::toString).toList();
    return new ImageSet(classes, 2, 1, 2, pixels, IntStream.range(0, 25).toArray());
  }

  private static int[] epoch(ImageBatches batches, int epoch) {
    float[] pixels = new float[40];
    int[] labels = new int[10];
    int[] seen = new int[25];
    int n = 0;
    for (int batch = 0; batch < batches.batches(); batch++) {
      int count = batches.fill((long) epoch * batches.batches() + batch + 1, MemorySegment.ofArray(pixels), labels);
      assertEquals(batch == 2 ? 5 : 10, count);
      for (int i = 0; i < count; i++) {
        seen[n++] = labels[i];
      }
    }
    return seen;
  }

  @Test
  void fill_anEpoch_hasEveryImageOnce_inAnOrderOfItsOwn() {
    ImageBatches batches = new ImageBatches(images(), 10, 3);
    assertEquals(3, batches.batches());
    int[] first = epoch(batches, 0);
    int[] second = epoch(batches, 1);
    assertArrayEquals(IntStream.range(0, 25).toArray(), IntStream.of(first).sorted().toArray());
    assertArrayEquals(IntStream.range(0, 25).toArray(), IntStream.of(second).sorted().toArray());
    assertFalse(Arrays.equals(first, second));
    assertArrayEquals(first, epoch(batches, 0));
    assertArrayEquals(second, epoch(new ImageBatches(images(), 10, 3), 1));
    assertFalse(Arrays.equals(first, epoch(new ImageBatches(images(), 10, 4), 0)));
  }

  /** The oracle: mean and deviation of the channel in double, over all pixels divided by 255. */
  @Test
  void scaling_channels_haveMean0AndDeviation1_aConstantOneIs0() {
    ImageSet images = images();
    double[] values = new double[50];
    for (int i = 0; i < 25; i++) {
      values[2 * i] = (images.pixels()[4 * i] & 0xFF) / 255.0;
      values[2 * i + 1] = (images.pixels()[4 * i + 1] & 0xFF) / 255.0;
    }
    double mean = Arrays.stream(values).average().orElseThrow();
    double deviation = Math.sqrt(Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
    float[] target = new float[1 + 4];
    for (int i = 0; i < 25; i++) {
      PixelScaling.of(images).write(images, i, MemorySegment.ofArray(target), 1);
      assertEquals((values[2 * i] - mean) / deviation, target[1], 1e-6);
      assertEquals((values[2 * i + 1] - mean) / deviation, target[2], 1e-6);
      assertEquals(0, target[3]);
      assertEquals(0, MemorySegment.ofArray(target).getAtIndex(ValueLayout.JAVA_FLOAT, 4));
    }
    assertEquals(0, target[0]);
  }

  @Test
  void new_noBatch_saysWhatIsLegal() {
    Exception e = assertThrows(IllegalArgumentException.class, () -> new ImageBatches(images(), 0, 3));
    assertEquals("batch 0: must be >= 1", e.getMessage());
  }

  @Test
  void set_thatDoesNotFit_isRefused() {
    byte[] pixels = new byte[8];
    List<String> classes = List.of("a");
    for (int[] labels : new int[][] {{}, {0}, {0, 1}, {0, -1}}) {
      assertThrows(IllegalArgumentException.class, () -> new ImageSet(classes, 1, 2, 2, pixels, labels));
    }
  }
}
