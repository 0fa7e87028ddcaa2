/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.kernel.Scratch;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class WorkersTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 16})
  void run_manyTimes_runsEveryPartOncePerRunAndWaitsForAll(int threads) {
    AtomicIntegerArray calls = new AtomicIntegerArray(threads);
    try (Workers workers = new Workers(threads)) {
      assertEquals(threads, workers.count());
      for (int round = 1; round <= 500; round++) {
        workers.run((part, parts, scratch) -> {
          assertEquals(threads, parts);
          calls.incrementAndGet(part);
        });
        for (int part = 0; part < threads; part++) {
          assertEquals(round, calls.get(part));
        }
      }
    }
  }

  /** After a pause all threads are parked, not spinning, and must be woken. */
  @Test
  void run_afterAPause_wakesParkedThreads() {
    AtomicLong sum = new AtomicLong();
    try (Workers workers = new Workers(3)) {
      for (int round = 0; round < 5; round++) {
        LockSupport.parkNanos(30_000_000);
        workers.run((part, parts, scratch) -> {
          LockSupport.parkNanos(part * 5_000_000L);
          sum.addAndGet(1L << (8 * part));
        });
      }
    }
    assertEquals(0x050505, sum.get());
  }

  @Test
  void run_plainWrites_areSeenByTheNextRun() {
    long[] cells = new long[4];
    try (Workers workers = new Workers(4)) {
      for (int round = 0; round < 2000; round++) {
        int shift = round;
        // Each part reads what another part wrote in the run before.
        workers.run((part, parts, scratch) -> {
          long expected = shift == 0 ? 0 : shift;
          if (cells[(part + shift) % 4] != expected && shift % 2 == 1) {
            throw new AssertionError("stale");
          }
          if (shift % 2 == 0) {
            cells[part] = shift + 1L;
          }
        });
      }
    }
  }

  @Test
  void run_scratch_isOnePerThread() {
    Set<Scratch> seen = ConcurrentHashMap.newKeySet();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    try (Workers workers = new Workers(4)) {
      for (int i = 0; i < 10; i++) {
        workers.run((part, parts, scratch) -> {
          seen.add(scratch);
          threads.add(Thread.currentThread());
        });
      }
    }
    assertEquals(4, seen.size());
    assertEquals(4, threads.size());
    assertTrue(threads.contains(Thread.currentThread()));
    assertTrue(threads.stream().filter(t -> !t.equals(Thread.currentThread())).allMatch(Thread::isDaemon));
  }

  @Test
  void run_failureInAWorker_isRethrownAndWorkersGoOn() {
    RuntimeException failure = new IllegalArgumentException("part 2 failed");
    try (Workers workers = new Workers(3)) {
      for (int i = 0; i < 20; i++) {
        Exception thrown = assertThrows(IllegalStateException.class, () -> workers.run((part, parts, scratch) -> {
          if (part == 2) {
            throw failure;
          }
        }));
        assertSame(failure, thrown.getCause());
        AtomicLong calls = new AtomicLong();
        workers.run((part, parts, scratch) -> calls.incrementAndGet());
        assertEquals(3, calls.get());
      }
    }
  }

  /** The caller's own part fails: the others still end before the call does, as they use the caller's memory. */
  @Test
  void run_failureInTheCaller_waitsForTheOthers() {
    AtomicLong ended = new AtomicLong();
    try (Workers workers = new Workers(3)) {
      assertThrows(ArithmeticException.class, () -> workers.run((part, parts, scratch) -> {
        if (part == 0) {
          throw new ArithmeticException();
        }
        LockSupport.parkNanos(20_000_000);
        ended.incrementAndGet();
      }));
      assertEquals(2, ended.get());
    }
  }

  @Test
  void run_errorInAWorker_isRethrown() {
    try (Workers workers = new Workers(2)) {
      Exception thrown = assertThrows(IllegalStateException.class, () -> workers.run((part, parts, scratch) -> {
        if (part == 1) {
          throw new StackOverflowError();
        }
      }));
      assertTrue(thrown.getCause() instanceof StackOverflowError);
    }
  }

  @Test
  void run_interruptedCaller_stillWaits() {
    AtomicLong ended = new AtomicLong();
    try (Workers workers = new Workers(3)) {
      Thread.currentThread().interrupt();
      workers.run((part, parts, scratch) -> {
        LockSupport.parkNanos(part * 10_000_000L);
        ended.incrementAndGet();
      });
      assertEquals(3, ended.get());
      assertTrue(Thread.interrupted(), "the interrupt is kept");
    }
  }

  @Test
  void close_endsTheThreads() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    try (Workers workers = new Workers(3)) {
      workers.run((part, parts, scratch) -> threads.add(Thread.currentThread()));
    }
    threads.remove(Thread.currentThread());
    assertEquals(2, threads.size());
    threads.forEach(thread -> assertFalse(thread.isAlive()));
  }

  @Test
  void new_noThreads_isRefused() {
    Exception e = assertThrows(IllegalArgumentException.class, () -> new Workers(0));
    assertTrue(e.getMessage().contains("threads 0") && e.getMessage().contains(">= 1"), e.getMessage());
  }
}
