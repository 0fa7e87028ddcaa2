/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class Bfloat16Test {
  @Test
  void round_nanWithPayloadInTheCutOffBits_staysNan() {
    for (int bits : new int[] {0x7F80_0001, 0xFF80_0001, 0x7FFF_FFFF, 0xFFFF_FFFF, 0x7F80_FFFF}) {
      for (int noise : new int[] {0, 1, 0x7FFF, 0xFFFF}) {
        assertTrue(Float.isNaN(Bfloat16.toFloat(Bfloat16.round(Float.intBitsToFloat(bits), noise))));
      }
    }
  }

  @Test
  void round_infinity_staysInfinity() {
    for (int noise : new int[] {0, 1, 0x7FFF, 0xFFFF}) {
      assertEquals(Float.POSITIVE_INFINITY, Bfloat16.toFloat(Bfloat16.round(Float.POSITIVE_INFINITY, noise)));
      assertEquals(Float.NEGATIVE_INFINITY, Bfloat16.toFloat(Bfloat16.round(Float.NEGATIVE_INFINITY, noise)));
    }
  }

  /** Each of the 65536 noises once: the mean of the rounded value is the value. */
  @Test
  void round_overAllNoises_isExactInTheMean() {
    for (float value : new float[] {1.001f, -3.14159f, 1e-40f, 1e30f, -0f}) {
      double sum = 0;
      for (int noise = 0; noise < 65536; noise++) {
        sum += Bfloat16.toFloat(Bfloat16.round(value, noise));
      }
      assertEquals(value, sum / 65536, Math.abs(value) * 1e-12);
    }
  }

  @Test
  void noise_bothHalvesHaveTheRightMean() {
    long low = 0;
    long high = 0;
    int n = 1 << 20;
    for (int i = 0; i < n; i++) {
      int noise = Bfloat16.noise(i * 7);
      low += noise & 0xFFFF;
      high += noise >>> 16;
    }
    double bound = 4 * 65536 / Math.sqrt(12.0 * n);
    assertEquals(32767.5, low / (double) n, bound);
    assertEquals(32767.5, high / (double) n, bound);
  }
}
