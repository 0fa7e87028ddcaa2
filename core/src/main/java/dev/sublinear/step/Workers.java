/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.step;

import dev.sublinear.kernel.Scratch;
import dev.sublinear.kernel.Workspace;
import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed set of threads that run the parts of one task at a time, without allocating.
 *
 * <p>The calling thread runs part 0. One {@code Workers} may serve many optimizers, one after the other; it is not
 * itself thread-safe. Close it to end its threads.
 */
public final class Workers implements AutoCloseable {
  /** A task that can be cut into parts. */
  public interface Task {
    /**
     * Runs one part.
     *
     * @param part number of the part, from 0
     * @param parts number of parts
     * @param scratch working memory of the calling thread
     */
    void run(int part, int parts, Scratch scratch);
  }

  /** Turns a waiting thread spins before it parks; a step of a small table is over sooner than an unpark. */
  private static final int SPINS = 2_000;

  private final Arena arena = Arena.ofShared();
  private final Scratch callerScratch = new Scratch(arena);
  private final Workspace workspace = new Workspace();
  private final Thread[] threads;
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger round = new AtomicInteger();
  private volatile boolean closed;
  private volatile @Nullable Thread caller;
  private volatile @Nullable Throwable failure;
  private @Nullable Task task;

  /**
   * Starts {@code threads - 1} daemon threads.
   *
   * @throws IllegalArgumentException if {@code threads} is below 1
   */
  public Workers(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads " + threads + ": must be >= 1");
    }
    this.threads = new Thread[threads - 1];
    for (int i = 0; i < this.threads.length; i++) {
      int part = i + 1;
      Scratch scratch = new Scratch(arena);
      this.threads[i] = Thread.ofPlatform().daemon().name("sublinear-worker-" + part).start(() -> serve(part, scratch));
    }
  }

  /** Number of parts of every task. */
  public int count() {
    return threads.length + 1;
  }

  /** Working memory of whole steps, for the calling thread and the optimizer whose turn it is. */
  Workspace workspace() {
    return workspace;
  }

  /** Runs all parts of {@code task} and returns when the last has ended; rethrows the failure of a part. */
  public void run(Task task) {
    if (threads.length == 0) {
      task.run(0, 1, callerScratch);
      return;
    }
    this.task = task;
    caller = Thread.currentThread();
    failure = null;
    running.set(threads.length);
    round.incrementAndGet(); // publishes the task
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
    try {
      task.run(0, count(), callerScratch);
    } finally {
      for (int spins = 0; running.get() > 0; spins++) {
        pause(spins);
      }
    }
    if (failure != null) {
      throw new IllegalStateException("a worker failed", failure);
    }
  }

  private void serve(int part, Scratch scratch) {
    int seen = 0;
    while (true) {
      for (int spins = 0; round.get() == seen && !closed; spins++) {
        pause(spins);
      }
      if (closed) {
        return;
      }
      seen = round.get();
      try {
        if (task != null) {
          task.run(part, count(), scratch);
        }
      } catch (Throwable e) {
        failure = e;
      } finally {
        if (running.decrementAndGet() == 0) {
          LockSupport.unpark(caller);
        }
      }
    }
  }

  private static void pause(int spins) {
    if (spins < SPINS) {
      Thread.onSpinWait();
    } else {
      LockSupport.park();
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
    for (Thread thread : threads) {
      boolean interrupted = false;
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    workspace.close();
    arena.close();
  }
}
