/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.sketch;

import static dev.sublinear.matrix.sketch.FrequentDirectionsTest.BETAS;
import static dev.sublinear.matrix.sketch.FrequentDirectionsTest.D;
import static dev.sublinear.matrix.sketch.FrequentDirectionsTest.assertBounds;
import static dev.sublinear.matrix.sketch.FrequentDirectionsTest.assertClose;
import static dev.sublinear.matrix.sketch.FrequentDirectionsTest.fast;
import static dev.sublinear.matrix.sketch.FrequentDirectionsTest.matrix;
import static dev.sublinear.matrix.sketch.FrequentDirectionsTest.sketch;
import static dev.sublinear.matrix.sketch.FrequentDirectionsTest.squared;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Sketches that buffer rows, and merged ones: the bounds of the paper hold as they stand. */
final class FastFrequentDirectionsTest {
  @Test
  void merge_twoStreams_keepsTheBoundsOfTheirSum() {
    for (double beta2 : BETAS) {
      for (boolean fast : new boolean[] {false, true}) {
        SplittableRandom random = new SplittableRandom(17);
        FrequentDirections[] sketches = new FrequentDirections[2];
        SketchOracle[] oracles = new SketchOracle[2];
        for (int part = 0; part < 2; part++) {
          sketches[part] = fast ? fast(4, beta2, D) : sketch(4, beta2, D);
          oracles[part] = new SketchOracle(4, D, beta2);
          for (int t = 0; t < 30 + part; t++) {
            double[] g = matrix(1, D, random);
            sketches[part].update(1, g);
            oracles[part].update(g);
          }
        }
        double[] other = squared(sketches[1]);
        double escaped = sketches[0].escapedMass() + sketches[1].escapedMass();
        sketches[0].merge(sketches[1]);
        assertBounds(SketchOracle.plus(oracles[0].sum, 1, oracles[1].sum), sketches[0], "beta2 " + beta2);
        assertEquals(escaped + sketches[0].lastEscapedMass(), sketches[0].escapedMass(), 1e-12 * escaped);
        assertTrue(sketches[0].lastEscapedMass() > 0);
        assertArrayEquals(other, squared(sketches[1]));
      }
    }
    assertThrows(IllegalArgumentException.class, () -> sketch(3, 1, D).merge(sketch(4, 1, D)));
    assertThrows(IllegalArgumentException.class, () -> sketch(3, 1, D).merge(sketch(3, 1, D + 1)));
  }

  @Test
  void fast_everyStep_isInTheBoundsAndDecomposesEveryLth() {
    for (double beta2 : BETAS) {
      for (int size : new int[] {1, 2, 5}) {
        SplittableRandom random = new SplittableRandom(19);
        FrequentDirections sketch = fast(size, beta2, D);
        SketchOracle oracle = new SketchOracle(size, D, beta2);
        for (int t = 1; t <= 60; t++) {
          double[] g = matrix(1, D, random);
          sketch.update(1, g);
          oracle.decay();
          oracle.add(g);
          if (t % size == 0) {
            oracle.shrink();
          }
          String where = "l " + size + ", beta2 " + beta2 + ", t " + t;
          assertEquals(t % size, sketch.buffered(), where);
          assertClose(oracle, sketch, where);
          assertBounds(oracle.sum, sketch, where);
        }
        assertTrue(sketch.escapedMass() > 0);
      }
    }
  }

  @Test
  void fast_matrixLargerThanTheBuffer_isTakenAtOnce() {
    SplittableRandom random = new SplittableRandom(23);
    FrequentDirections sketch = fast(4, 0.9, D);
    SketchOracle oracle = new SketchOracle(4, D, 0.9);
    for (int rows : new int[] {1, 2, 7, 3}) {
      double[] a = matrix(rows, D, random);
      sketch.update(rows, MemorySegment.ofArray(a));
      oracle.decay();
      oracle.add(a);
      if (rows == 7) {
        oracle.shrink();
      }
      assertClose(oracle, sketch, rows + " rows");
    }
    assertEquals(3, sketch.buffered());
    sketch.decompose();
    oracle.shrink();
    assertClose(oracle, sketch, "decomposed");
    assertEquals(0, sketch.buffered());
    assertEquals(3, sketch.kept());
  }
}
