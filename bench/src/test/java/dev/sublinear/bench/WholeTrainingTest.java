/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.step.OptimizerSpec;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WholeTrainingTest {
  /** Without a gradient above the clipping norm, dense Adam on whole tables and on touched rows go the same way. */
  @Test
  void plainDjl_someSteps_losesLikeOurs() {
    LmWorkload workload = LmWorkload.toy();
    try (PlainDjl djl = new PlainDjl(workload); LmSteps ours = new LmSteps(workload, OptimizerSpec.parse("adam"), 2)) {
      float first = djl.step();
      assertEquals(first, ours.step(), 1e-5f * first);
      float last = first;
      for (int i = 1; i < 12; i++) {
        last = djl.step();
        assertEquals(last, ours.step(), 1e-2f * last, "step " + i);
      }
      assertTrue(last < first, first + " to " + last);
    }
  }

  @Test
  void workload_writtenAndRead_isTheSame(@TempDir Path directory) throws IOException {
    LmWorkload workload = LmWorkload.toy();
    Path file = directory.resolve("workload");
    workload.write(file);
    LmWorkload read = LmWorkload.read(file);
    assertEquals(workload.network(), read.network());
    assertArrayEquals(workload.tokens(), read.tokens());
    assertEquals(workload.samples(), read.samples());
  }
}
