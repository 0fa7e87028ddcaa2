/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What a training step asks of this package allocates nothing. */
class AllocationTest {
  @Test
  void step_afterWarmUp_allocatesNothing() {
    int vocabulary = 5000;
    LogUniformSampler sampler = new LogUniformSampler(vocabulary, 200, 1, "test");
    UniqueIds unique = new UniqueIds(vocabulary, 1000);
    BpttBatches batches = BpttBatches.training(new int[100_000], 8, 35);
    int[] inputs = new int[8 * 35];
    int[] targets = new int[8 * 35];
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = 0;
    double sink = 0;
    for (int step = 0; step < 300; step++) {
      if (step == 100) {
        before = threads.getCurrentThreadAllocatedBytes();
      }
      int n = 8 * batches.fill(step, inputs, targets);
      sampler.sample(step);
      unique.clear();
      unique.add(inputs, n);
      unique.add(targets, n);
      unique.add(sampler.ids(), sampler.samples());
      unique.finish();
      sink += unique.index(sampler.ids()[0]) + sampler.logExpectedCount(step);
    }
    assertEquals(0, threads.getCurrentThreadAllocatedBytes() - before, "bytes; " + sink);
  }
}
