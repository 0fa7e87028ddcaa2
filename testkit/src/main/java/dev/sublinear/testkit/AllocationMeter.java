/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * Measures how many bytes of Java heap all threads allocate per call of a task, once the task is compiled.
 *
 * <p>The interpreter and the first compiler do allocate where the second one does not (vectors, slices), so the task is
 * repeated until a round of {@link #CALLS} calls is clean, or the rounds are used up. A task that allocates one object
 * in every call never has a clean round.
 */
public final class AllocationMeter {
  /** Calls in a round. */
  public static final int CALLS = 200;

  /** The least bytes an object takes with compact headers. */
  private static final int SMALLEST_OBJECT = 8;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private AllocationMeter() {}

  /**
   * The bytes allocated in the cleanest round, 0 if that is less than one object per call (a compilation that changes
   * over in mid-round, the meter itself).
   *
   * @param task what is measured
   * @param rounds the greatest number of rounds
   */
  public static long bytesPerRound(Runnable task, int rounds) {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < rounds && least > 0; round++) {
      long before = THREADS.getTotalThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        task.run();
      }
      long bytes = THREADS.getTotalThreadAllocatedBytes() - before;
      least = Math.min(least, bytes < CALLS * SMALLEST_OBJECT ? 0 : bytes);
    }
    return least;
  }

  /** The bytes allocated in one call, by the interpreter too: for arrays that are larger than all that can be. */
  public static long bytesOfOneCall(Runnable task) {
    long before = THREADS.getTotalThreadAllocatedBytes();
    task.run();
    return THREADS.getTotalThreadAllocatedBytes() - before;
  }
}
