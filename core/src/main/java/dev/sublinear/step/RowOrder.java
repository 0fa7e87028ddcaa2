/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.step;

import dev.sublinear.kernel.RowCells;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets several threads update rows that may meet in a cell, as if one thread had done it in the order of the rows.
 *
 * <p>Row number i of a step is thread (i mod threads)'s. Before it, the thread waits until for each of its places the
 * last earlier row that has it too is done; a row waits for earlier rows only, so there is always one that need not.
 * Every thread finds the shared cells by itself, in a table of hashed places: two places that fall into one entry are
 * taken for one, which may cost a wait and changes no result.
 */
final class RowOrder {
  private static final VarHandle DONE = MethodHandles.arrayElementVarHandle(long[].class);
  /** Keeps the counters of two threads two cache lines apart. */
  private static final int APART = 16;
  /** Entries per slot and depth: what matters are the rows that the other threads have in hand, and those are few. */
  private static final int ENTRIES = 1024;
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final int HASH_SHIFT = Long.numberOfLeadingZeros(ENTRIES - 1);
  /** A row takes a microsecond; who waits longer than these turns waits for a thread that is off the processor. */
  private static final int SPINS = 10_000;
  private static final long PAUSE_NANOS = 20_000;

  private final int threads;
  private final long[] done;
  private final long[][] last;
  /** What each thread has last seen of the counters: to look costs a cache line that another thread is writing. */
  private final long[][] seen;

  RowOrder(int threads, int slots) {
    this.threads = threads;
    done = new long[(threads + 1) * APART];
    seen = new long[threads][threads + APART];
    last = new long[threads][slots * RowCells.MAX_DEPTH * ENTRIES];
  }

  /** Before the threads start: no row is done. */
  void begin() {
    Arrays.fill(done, 0);
  }

  /** First of all on each thread: it has seen no row. */
  void enter(int thread) {
    Arrays.fill(last[thread], -1);
    Arrays.fill(seen[thread], 0);
  }

  /** Notes the places of the rows from number {@code first} on in one slot, and for each the last row that had it. */
  void add(int thread, long first, int count, int slot, RowCells[] at) {
    long[] entries = last[thread];
    for (int i = 0; i < count; i++) {
      if (at[i].depth == 0) {
        throw new IllegalStateException("a state shares rows and does not say where: see RowState.locate");
      }
      for (int j = 0; j < at[i].depth; j++) {
        int entry = (slot * RowCells.MAX_DEPTH + j) * ENTRIES + (int) (at[i].offsets[j] * GOLDEN_GAMMA >>> HASH_SHIFT);
        at[i].earlier[j] = entries[entry];
        entries[entry] = first + i;
      }
    }
  }

  /** Lets {@code thread} go on when all earlier rows that have a place of {@code at} are done. */
  void await(int thread, RowCells at) {
    long[] known = seen[thread];
    for (int j = 0; j < at.depth; j++) {
      long earlier = at.earlier[j];
      int owner = (int) (Math.max(earlier, 0) % threads);
      if (owner != thread) {
        for (int spins = 0; known[owner] <= earlier; spins++) {
          known[owner] = (long) DONE.getAcquire(done, counter(owner));
          if (known[owner] <= earlier) {
            pause(spins);
          }
        }
      }
    }
  }

  private static void pause(int spins) {
    if (spins < SPINS) {
      Thread.onSpinWait();
    } else {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Says that {@code thread} has done its rows up to number {@code i}. */
  void done(int thread, long i) {
    DONE.setRelease(done, counter(thread), i + 1);
  }

  /** Says that nobody need wait for {@code thread} any more: it is through, or has failed. */
  void leave(int thread) {
    DONE.setRelease(done, counter(thread), Long.MAX_VALUE);
  }

  private static int counter(int thread) {
    return (thread + 1) * APART;
  }
}
