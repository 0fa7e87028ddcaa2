/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import dev.sublinear.bench.PythonTorch.Found;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.Workers;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step on a few rows of a large table with dense layouts: against the loop that one would write by hand, and against
 * {@code torch.optim} in a Python process, on the same rows and gradients.
 */
final class SparseStep implements Section {
  /** Steps after which all must have the same parameters. */
  private static final int CHECKED_STEPS = 4;
  /** Of {@code CHECKED_STEPS} times the learning rate: the orders of float operations differ. */
  private static final float TOLERANCE = 1e-3f;
  private static final String ADAM = "adam";
  private static final String ADAGRAD = "adagrad";
  private static final String TORCH_ADAM = "torch.optim.SparseAdam";
  private static final String TORCH_ADAGRAD = "torch.optim.Adagrad";
  private static final String BACKWARD = " backward";
  private static final String COALESCED = " coalesced";

  private final Scale scale;
  private final Memory memory;
  private final Found python;

  SparseStep(Scale scale, Memory memory, Found python) {
    this.scale = scale;
    this.memory = memory;
    this.python = python;
  }

  @Override
  public String title() {
    return "Sparse Adam and Adagrad steps, dense layouts";
  }

  @Override
  public void run(Findings findings) throws IOException {
    Batches batches = Batches.of(scale);
    findings.say(batches.describe() + " The loop is on `float[]`, one array a row, vectorized by the JVM."
        + " Torch, in a process of its own, gets its gradients as the backward pass of `nn.Embedding(sparse=True)` leaves"
        + " them, which is what the goals are about, or marked as coalesced already: " + python.description() + ".");
    PlainAdam loop = new PlainAdam(batches);
    String command = python.command();
    if (command == null) {
      measure(findings, batches, loop, null);
    } else {
      try (PythonTorch torch = new PythonTorch(command, batches)) {
        measure(findings, batches, loop, torch);
      }
    }
  }

  private void measure(Findings findings, Batches batches, PlainAdam loop, @Nullable PythonTorch torch)
      throws IOException {
    int most = Bench.threadCounts().getLast();
    for (int threads : Bench.threadCounts()) {
      memory.reserve(5 * batches.tableBytes());
      try (Workers workers = new Workers(threads)) {
        RowTable adamTable = RowTable.allocate(memory, batches.rows(), batches.columns());
        RowTable adagradTable = RowTable.allocate(memory, batches.rows(), batches.columns());
        RowOptimizer adam = new RowOptimizer(OptimizerSpec.parse(ADAM), adamTable, 1, memory, workers);
        RowOptimizer adagrad = new RowOptimizer(OptimizerSpec.parse(ADAGRAD), adagradTable, 1, memory, workers);
        if (threads == 1) {
          check(batches, loop, workers, torch, adam, adagrad);
        }
        List<Contender> contenders = new ArrayList<>(List.of(
            batches.contender(ADAM, adam),
            batches.contender(ADAGRAD, adagrad),
            Contender.of("Adam as a plain loop", batches.elements(), () -> {
              for (int b = 0; b < batches.size(); b++) {
                loop.step(b, workers);
              }
            })));
        if (torch != null && (threads == most || scale != Scale.QUICK)) {
          for (String kind : List.of(BACKWARD, COALESCED)) {
            contenders.add(new Contender(TORCH_ADAM + kind, batches.elements(),
                () -> torch.pass("SparseAdam", kind.strip(), threads)));
            contenders.add(new Contender(TORCH_ADAGRAD + kind, batches.elements(),
                () -> torch.pass("Adagrad", kind.strip(), threads)));
          }
        }
        Comparison comparison = effort().run(threads + (threads == 1 ? " thread" : " threads"), "element", contenders);
        findings.compare(comparison, ADAM);
        if (threads == most) {
          goals(findings, comparison, torch != null);
        }
      }
    }
  }

  private SideBySide effort() {
    return scale.choose(new SideBySide(1, 3, 1), new SideBySide(2, 9, 6), new SideBySide(3, 31, 60));
  }

  private void goals(Findings findings, Comparison comparison, boolean withTorch) {
    double adam = withTorch ? comparison.ratio(TORCH_ADAM + BACKWARD, ADAM) : Double.NaN;
    double adagrad = withTorch ? comparison.ratio(TORCH_ADAGRAD + BACKWARD, ADAGRAD) : Double.NaN;
    String reason = "no Python with torch: " + python.description();
    findings.goal(Goal.atLeast("sparse Adam against torch.optim.SparseAdam", 25, adam, "x").orElse(reason));
    findings.goal(Goal.atLeast("sparse Adagrad against torch.optim.Adagrad", 10, adagrad, "x").orElse(reason));
  }

  private static void check(Batches batches, PlainAdam loop, Workers workers, @Nullable PythonTorch torch,
      RowOptimizer adam, RowOptimizer adagrad) throws IOException {
    for (int step = 0; step < CHECKED_STEPS; step++) {
      int batch = step % batches.size();
      adam.step(batches.gradient(batch), Batches.LEARNING_RATE);
      adagrad.step(batches.gradient(batch), Batches.LEARNING_RATE);
      loop.step(batch, workers);
    }
    float[] ours = rows(batches, adam.parameters());
    same("Adam as a plain loop", ours, loop.rows(0));
    if (torch != null) {
      same(TORCH_ADAM, ours, torch.check("SparseAdam", CHECKED_STEPS, batches.columns()));
      same(TORCH_ADAGRAD, rows(batches, adagrad.parameters()),
          torch.check("Adagrad", CHECKED_STEPS, batches.columns()));
    }
  }

  private static float[] rows(Batches batches, RowTable table) {
    long[] ids = batches.ids(0);
    float[] values = new float[batches.count() * batches.columns()];
    MemorySegment target = MemorySegment.ofArray(values);
    table.gather(ids, ids.length, target);
    return target.toArray(ValueLayout.JAVA_FLOAT);
  }

  private static void same(String what, float[] ours, float[] theirs) {
    for (int i = 0; i < ours.length; i++) {
      if (!(Math.abs(ours[i] - theirs[i]) <= TOLERANCE * CHECKED_STEPS * Batches.LEARNING_RATE) || ours[i] == 0) {
        throw new CheckFailed(
            "after " + CHECKED_STEPS + " steps element " + i + " of batch 0 is " + ours[i] + ", " + what
                + " has " + theirs[i]);
      }
    }
  }
}
