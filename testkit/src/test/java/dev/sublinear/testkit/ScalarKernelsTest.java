/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.testkit.kernels.KernelTruthSuite;
import org.junit.jupiter.api.Test;

/** The scalar kernels, which all others are compared with. */
final class ScalarKernelsTest extends KernelTruthSuite {
  @Test
  void current_withoutModuleSimd_isScalarAndSaysWhy() {
    assertEquals("scalar: module simd is not on the path", KernelSelection.current().description());
    assertEquals("scalar", KernelSelection.current().kernels().name());
    assertEquals(KernelSelection.scalar(), KernelSelection.current().kernels());
  }
}
