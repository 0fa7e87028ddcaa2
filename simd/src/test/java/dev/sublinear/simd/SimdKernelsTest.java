/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.testkit.kernels.KernelTruthSuite;
import org.junit.jupiter.api.Test;

/** The Vector API kernels against definitions written another way, and whether they are the ones in use. */
final class SimdKernelsTest extends KernelTruthSuite {
  /** A silent fall-back to scalar kernels would let every other test here pass without testing anything. */
  @Test
  void current_pinnedToSimd_isSimd() {
    assertEquals("simd", System.getProperty(KernelSelection.PROPERTY));
    assertInstanceOf(SimdKernels.class, KernelSelection.current().kernels());
    assertTrue(KernelSelection.current().description().startsWith("simd-"), KernelSelection.current().description());
    assertEquals(KernelSelection.current().kernels().name(), KernelSelection.current().description());
  }
}
