/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.tracker.Tracker;
import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.kernel.CounterRandom;
import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.Workers;
import dev.sublinear.train.report.MarkdownTable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A step of dense Adam on an ordinary tensor: against the memory's own speed, and against DJL's Adam.
 *
 * <p>Adam must read gradient, parameter and two moments and write the last three: 28 bytes an element. The memory's
 * speed is that of {@code a[i] += b[i]} (12 bytes) and {@code a[i] = b[i] + s c[i]} (16 bytes, because a line is read
 * before it is written), by the same threads and kernels on memory of the same kind, in alternation with the step.
 */
final class DenseStep implements Section {
  private static final Kernels KERNELS = KernelSelection.current().kernels();
  private static final int COLUMNS = 1000;
  /** Elements of one kernel call of the bandwidth loops: long enough that calls do not count. */
  private static final int RUN = 16_384;
  private static final int ADAM_BYTES = 28;
  private static final int ADD_BYTES = 12;
  private static final int TRIAD_BYTES = 16;
  private static final String ADD = "a[i] += b[i]";
  private static final String TRIAD = "a[i] = b[i] + s c[i]";
  private static final int CHECKED_STEPS = 3;

  private final Scale scale;
  private final Memory memory;

  DenseStep(Scale scale, Memory memory) {
    this.scale = scale;
    this.memory = memory;
  }

  @Override
  public String title() {
    return "Dense Adam step";
  }

  @Override
  public void run(Findings findings) throws IOException {
    int rows = scale.choose(20, 25_000, 25_000);
    long n = (long) rows * COLUMNS;
    findings.say(String.format(Locale.ROOT, "%,d elements, every one with a gradient.", n));
    for (int threads : Bench.threadCounts()) {
      memory.reserve(8 * 4 * n);
      try (Workers workers = new Workers(threads);
          NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
        compare(findings, rows, workers, manager);
      } finally {
        JniUtils.setNumThreads(1);
      }
    }
  }

  private void compare(Findings findings, int rows, Workers workers, NDManager manager) throws IOException {
    int threads = workers.count();
    RowTable table = RowTable.allocate(memory, rows, COLUMNS);
    DenseRows gradient = new DenseRows(Batches.gradientValues(memory, rows, COLUMNS), rows, COLUMNS);
    CounterRandom.fillUniform(table.data(), 1, 1, -1, 1);
    RowOptimizer optimizer = new RowOptimizer(OptimizerSpec.parse("adam"), table, 1, memory, workers);
    Runnable ours = () -> optimizer.step(gradient, Batches.LEARNING_RATE);
    DjlAdam djl = new DjlAdam(manager, table.data(), gradient.values());
    for (int step = 0; step < CHECKED_STEPS; step++) {
      ours.run();
      djl.step();
    }
    djl.check(table.data());

    long n = (long) rows * COLUMNS;
    String name = "Adam, " + threads + " " + (threads == 1 ? "thread" : "threads");
    List<Contender> contenders = new ArrayList<>(List.of(Contender.of(name, n, ours)));
    MemorySegment a = memory.allocate(4 * n, 64);
    MemorySegment b = memory.allocate(4 * n, 64);
    MemorySegment c = memory.allocate(4 * n, 64);
    contenders.add(Contender.of(ADD, n, loop(workers, n, (at, length) -> KERNELS.addScaled(a, at, length, 1, b, at))));
    contenders.add(Contender.of(TRIAD, n,
        loop(workers, n, (at, length) -> KERNELS.combine(1, b, at, 0.5f, c, at, a, at, length))));
    for (int engineThreads = 1; engineThreads <= threads; engineThreads++) {
      int set = engineThreads;
      contenders.add(Contender.of("DJL's Adam, engine threads: " + set, n, () -> {
        JniUtils.setNumThreads(set);
        djl.step();
      }));
    }
    Comparison comparison = effort().run("dense step", "element", contenders);
    report(findings, comparison, threads == Bench.threadCounts().getLast());
  }

  private SideBySide effort() {
    return scale.choose(new SideBySide(1, 3, 1), new SideBySide(3, 11, 4), new SideBySide(10, 41, 40));
  }

  private static void report(Findings findings, Comparison comparison, boolean counts) {
    findings.keep(comparison);
    String adam = comparison.timings().getFirst().name();
    double add = comparison.ratio(ADD, adam) * ADAM_BYTES / ADD_BYTES;
    double triad = comparison.ratio(TRIAD, adam) * ADAM_BYTES / TRIAD_BYTES;
    double fraction = Math.min(add, triad);
    MarkdownTable table = new MarkdownTable(adam, "ns/element", "bytes/element", "GB/s", "time of Adam");
    double djl = Double.POSITIVE_INFINITY;
    for (Comparison.Timing timing : comparison.timings()) {
      String name = timing.name();
      double ratio = comparison.ratio(name, adam);
      boolean isDjl = name.startsWith("DJL");
      int bytes = name.equals(ADD) ? ADD_BYTES : name.equals(TRIAD) ? TRIAD_BYTES : ADAM_BYTES;
      if (isDjl) {
        djl = Math.min(djl, ratio);
      }
      table.row(name, Findings.number(timing.nanosPerUnit()), isDjl ? "" : Integer.toString(bytes),
          isDjl ? "" : Findings.number(bytes / timing.nanosPerUnit()), Findings.number(ratio));
    }
    findings.table(table);
    findings.figure("fraction of bandwidth, " + adam, fraction);
    if (counts) {
      findings.goal(Goal.atLeast("dense Adam, fraction of the bandwidth measured in the same run", 0.85, fraction, ""));
      findings.goal(Goal.atLeast("dense Adam against DJL's Adam", 3, djl, "x"));
    }
  }

  /** A stretch of the bandwidth loops. */
  private interface Stretch {
    void run(long byteOffset, int length);
  }

  private static Runnable loop(Workers workers, long n, Stretch stretch) {
    long runs = Math.ceilDiv(n, RUN);
    Workers.Task task = (part, parts, scratch) -> {
      for (long run = runs * part / parts; run < runs * (part + 1) / parts; run++) {
        stretch.run(4 * run * RUN, (int) Math.min(RUN, n - run * RUN));
      }
    };
    return () -> workers.run(task);
  }

  /** DJL's own optimizer on arrays of its engine. */
  private static final class DjlAdam {
    private final ai.djl.training.optimizer.Adam adam = ai.djl.training.optimizer.Adam.builder()
        .optLearningRateTracker(Tracker.fixed(Batches.LEARNING_RATE)).build();
    private final NDArray weight;
    private final NDArray gradient;

    DjlAdam(NDManager manager, MemorySegment weight, MemorySegment gradient) {
      this.weight = copy(manager, weight);
      this.gradient = copy(manager, gradient);
    }

    private static NDArray copy(NDManager manager, MemorySegment values) {
      NDArray array = manager.zeros(new Shape(values.byteSize() / Float.BYTES), DataType.FLOAT32);
      MemorySegment.ofBuffer(array.toByteBuffer(true)).copyFrom(values);
      return array;
    }

    void step() {
      adam.update("weight", weight, gradient);
    }

    void check(MemorySegment ours) {
      MemorySegment theirs = MemorySegment.ofBuffer(weight.toByteBuffer(true));
      for (long i = 0; i < ours.byteSize() / Float.BYTES; i++) {
        float a = ours.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        float b = theirs.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
        if (!(Math.abs(a - b) <= 1e-3f * CHECKED_STEPS * Batches.LEARNING_RATE)) {
          throw new CheckFailed(
              "dense Adam: element " + i + " is " + a + " after " + CHECKED_STEPS + " steps, DJL has " + b);
        }
      }
    }
  }
}
