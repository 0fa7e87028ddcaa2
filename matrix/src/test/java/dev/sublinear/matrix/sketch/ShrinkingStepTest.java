/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.sketch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.matrix.linear.LinearAlgebra;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The shrinking step alone, one instance for matrices of all shapes. */
final class ShrinkingStepTest {
  private final MemorySegment work =
      Arena.ofAuto().allocate(ShrinkingStep.workBytes(12, 12), Double.BYTES);
  private final ShrinkingStep step = new ShrinkingStep(LinearAlgebra.openBlas());

  @Test
  void apply_anyShape_isTheTruncatedDecomposition() {
    SplittableRandom random = new SplittableRandom(1);
    for (int[] shape : new int[][] {{12, 40, 5}, {40, 12, 5}, {3, 7, 9}, {7, 3, 4}, {7, 3, 3}, {1, 6, 1}, {1, 6, 2}}) {
      int r = shape[0];
      int d = shape[1];
      int size = shape[2];
      double[] a = random.doubles((long) r * d, -1, 1).toArray();
      double[] before = a.clone();
      double[] p = new double[Math.min(size - 1, Math.min(r, d)) * d];
      assertTrue(step.apply(size, r, d, MemorySegment.ofArray(a), MemorySegment.ofArray(p), work));
      assertArrayEquals(before, a);
      SketchOracle oracle = new SketchOracle(size, d, 1);
      oracle.update(a);
      double[] rows = p.clone();
      for (int i = 0; i < step.kept(); i++) {
        for (int j = 0; j < d; j++) {
          rows[i * d + j] *= Math.sqrt(step.eigenvalue(i));
        }
      }
      assertEquals(p.length / d, step.kept());
      assertEquals(oracle.escaped, step.escapedMass(), 1e-12);
      assertArrayEquals(oracle.sketch(), SketchOracle.square(rows, d), 1e-12);
    }
  }

  @Test
  void apply_roundingNoise_countsAsZero() {
    double[] a = {1, 0, 0, 0, 0.9e-7, 0, 0, 0, 0.5e-7};
    double[] p = new double[9];
    assertTrue(step.apply(4, 3, 3, MemorySegment.ofArray(a), MemorySegment.ofArray(p), work));
    assertEquals(1, step.kept());
    assertEquals(0, step.escapedMass());
    a[4] = 2e-7;
    assertTrue(step.apply(4, 3, 3, MemorySegment.ofArray(a), MemorySegment.ofArray(p), work));
    assertEquals(2, step.kept());
    assertEquals(4e-14, step.eigenvalue(1), 1e-15);
  }

  @Test
  void apply_zero_keepsNothing() {
    double[] p = new double[4];
    assertTrue(step.apply(2, 3, 4, MemorySegment.ofArray(new double[12]), MemorySegment.ofArray(p), work));
    assertEquals(0, step.kept());
    assertEquals(0, step.escapedMass());
    assertTrue(step.apply(2, 0, 4, MemorySegment.ofArray(new double[0]), MemorySegment.ofArray(p), work));
    assertEquals(0, step.kept());
  }

  /** Equal eigenvalues beyond the cut leave nothing of themselves. */
  @Test
  void apply_ties_areAllCut() {
    double[] a = new double[16];
    for (int i = 0; i < 4; i++) {
      a[i * 5] = 2;
    }
    double[] p = new double[8];
    assertTrue(step.apply(3, 4, 4, MemorySegment.ofArray(a), MemorySegment.ofArray(p), work));
    assertEquals(0, step.kept());
    assertEquals(4, step.escapedMass());
  }

  @Test
  void apply_notFinite_saysSoAndWritesNothing() {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1e200}) {
      double[] a = {1, 2, 3, bad, 5, 6};
      double[] p = {7, 7, 7};
      assertFalse(step.apply(2, 2, 3, MemorySegment.ofArray(a), MemorySegment.ofArray(p), work));
      assertArrayEquals(new double[] {7, 7, 7}, p);
      assertFalse(step.apply(2, 3, 2, MemorySegment.ofArray(a), MemorySegment.ofArray(Arrays.copyOf(p, 2)), work));
      assertEquals(0, step.kept());
    }
  }

  @Test
  void apply_sizes_areChecked() {
    MemorySegment six = MemorySegment.ofArray(new double[6]);
    assertThrows(IllegalArgumentException.class, () -> step.apply(0, 2, 3, six, six, work));
    assertThrows(IllegalArgumentException.class, () -> step.apply(2, 3, 3, six, six, work));
    assertThrows(IllegalArgumentException.class, () -> step.apply(2, 50_000, 50_000, six, six, work));
    assertEquals("workspace of 47 bytes: must have 48", assertThrows(IllegalArgumentException.class,
        () -> step.apply(2, 2, 3, six, six, work.asSlice(0, 47))).getMessage());
  }
}
