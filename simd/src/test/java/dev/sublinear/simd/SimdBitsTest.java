/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.testkit.Bits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Whole steps of every combination: this JVM with SIMD kernels against another one with the scalar kernels. */
class SimdBitsTest {
  @Test
  void steps_scalarAndSimdKernels_sameBits() throws IOException, InterruptedException {
    assertTrue(KernelSelection.current().description().startsWith("simd-"), KernelSelection.current().description());
    Process scalar = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-D" + KernelSelection.PROPERTY + "=scalar", "-cp", System.getProperty("java.class.path"),
        Bits.class.getName()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    StringBuilder here = new StringBuilder();
    Bits.all().forEach((spec, number) -> here.append(spec).append(" -> ").append(number).append('\n'));
    String there = new String(scalar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, scalar.waitFor());
    assertEquals(there, here.toString());
  }
}
