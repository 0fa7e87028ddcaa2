/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.simd;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.testkit.kernels.KernelEqualitySuite;
import org.junit.jupiter.api.Test;

/** The Vector API kernels return the bits of the scalar ones, in every width that this machine has. */
final class SimdKernelEqualityTest extends KernelEqualitySuite {
  /** Surefire runs this class again with shorter vectors and says how long they may be. */
  @Test
  void width_isNotMoreThanAskedFor() {
    String name = KernelSelection.current().kernels().name();
    int bits = Integer.parseInt(name.substring("simd-".length()));
    assertTrue(bits <= Integer.getInteger("sublinear.test.bits", 2048), name);
  }
}
