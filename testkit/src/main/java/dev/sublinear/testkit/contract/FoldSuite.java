/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sublinear.checkpoint.OptimizerState;
import dev.sublinear.gradient.Gradient;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.kernel.Bfloat16;
import dev.sublinear.layout.FoldableLayout;
import dev.sublinear.layout.StateArray;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.Probe;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.Workers;
import dev.sublinear.testkit.Combinations;
import dev.sublinear.testkit.gradients.Gradients;
import dev.sublinear.testkit.gradients.Gradients.Values;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channels;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Sketches that are folded in the middle of a training go on as sketches of half the width. */
public class FoldSuite {
  private static final int ROWS = 96;
  private static final int COLUMNS = 1061; // two blocks, and a tail that bfloat16 does not pack
  private static final long SEED = 27;

  /** A table with an optimizer whose state has an arena of its own. */
  private static final class Training implements AutoCloseable {
    private final Arena data = Arena.ofShared();
    private final int columns;
    private final RowTable table;
    private final RowOptimizer optimizer;
    private Arena state = Arena.ofShared();

    Training(OptimizerSpec spec, int columns, Workers workers) {
      this.columns = columns;
      table = RowTable.allocate(data, ROWS, columns);
      optimizer = new RowOptimizer(spec, table, SEED, state, workers);
    }

    void run(int from, int to) {
      Gradients gradients = new Gradients(SEED, ROWS, columns);
      for (int t = from; t < to; t++) {
        try (Arena arena = Arena.ofShared()) {
          Gradient gradient = t % 3 == 0
              ? gradients.dense(arena, t, Values.NORMAL)
              : gradients.sparse(arena, t, 20, Values.NORMAL);
          optimizer.step(gradient, 0.01f);
        }
      }
    }

    void fold() {
      Arena next = Arena.ofShared();
      try {
        optimizer.fold(next);
      } catch (RuntimeException e) {
        next.close();
        throw e;
      }
      state.close();
      state = next;
    }

    void assertSameBits(Training other, String context) {
      assertEquals(-1, table.data().mismatch(other.table.data()), context + ": parameters");
      List<StateArray> others = other.optimizer.arrays();
      for (StateArray array : optimizer.arrays()) {
        StateArray twin = others.stream().filter(a -> a.name().equals(array.name())).findFirst().orElseThrow();
        assertEquals(-1, array.data().mismatch(twin.data()), context + ": " + array.name());
      }
    }

    @Override
    public void close() {
      state.close();
      data.close();
    }
  }

  private static List<OptimizerSpec> combinations(boolean foldable) {
    return Combinations.withOptions().stream().filter(
        spec -> spec.layouts().stream().anyMatch(layout -> layout instanceof FoldableLayout) == foldable).toList();
  }

  /** One test per combination with sketches: every bucket is the sum of two, and everything else is as it was. */
  @TestFactory
  public Stream<DynamicTest> fold_sketches_mergesPairsAndKeepsTheRest() {
    return combinations(true).stream().map(spec -> dynamicTest(spec.toString(), () -> {
      try (Workers workers = new Workers(1);
          Training whole = new Training(Combinations.colliding(spec, ROWS), COLUMNS, workers);
          Training folded = new Training(Combinations.colliding(spec, ROWS), COLUMNS, workers)) {
        whole.run(0, 4);
        folded.run(0, 4);
        folded.fold();
        assertEquals(-1, whole.table.data().mismatch(folded.table.data()));
        assertEquals(4, folded.optimizer.steps());
        assertEquals(whole.optimizer.spec().folded(ROWS, COLUMNS), folded.optimizer.spec());
        assertEquals(folded.optimizer.spec().bytes(ROWS, COLUMNS), folded.optimizer.bytes());
        List<StateArray> before = whole.optimizer.arrays();
        List<StateArray> after = folded.optimizer.arrays();
        assertEquals(before.size(), after.size());
        for (int k = 0; k < before.size(); k++) {
          check(before.get(k), after.get(k), spec.toString());
        }
      }
    }));
  }

  private static void check(StateArray before, StateArray after, String context) {
    assertEquals(before.name(), after.name());
    long size = after.data().byteSize();
    if (size == before.data().byteSize()) {
      assertEquals(-1, before.data().mismatch(after.data()), context + ": " + before.name());
      return;
    }
    assertEquals(before.data().byteSize(), 2 * size, context + ": " + before.name());
    String slot = before.name().substring(0, before.name().indexOf('.'));
    boolean isPacked = context.matches(".*\\b" + slot + "=[^,]*cells=bf16.*");
    int cells = (int) (size / (isPacked ? Short.BYTES : Float.BYTES));
    for (int i = 0; i < cells; i++) {
      int first = i / COLUMNS * 2 * COLUMNS + i % COLUMNS;
      if (isPacked) { // the order of columns within a bucket is the same on both sides
        float sum = half(before, first) + half(before, first + COLUMNS);
        assertEquals(Bfloat16.toFloat(Bfloat16.nearest(sum)), half(after, i), context + ": " + i);
      } else {
        float sum = before.data().getAtIndex(ValueLayout.JAVA_FLOAT, first)
            + before.data().getAtIndex(ValueLayout.JAVA_FLOAT, first + COLUMNS);
        assertEquals(sum, after.data().getAtIndex(ValueLayout.JAVA_FLOAT, i), context + ": " + i);
      }
    }
  }

  private static float half(StateArray array, int i) {
    return Bfloat16.toFloat(array.data().getAtIndex(ValueLayout.JAVA_SHORT, i));
  }

  /**
   * One test per combination with sketches: after a fold neither threads nor a checkpoint change a bit of what follows.
   */
  @TestFactory
  public Stream<DynamicTest> step_afterFold_sameBitsOnTwoThreadsAndAfterResuming() {
    return combinations(true).stream().map(spec -> dynamicTest(spec.toString(), () -> {
      OptimizerSpec colliding = Combinations.colliding(spec, ROWS);
      try (Workers one = new Workers(1);
          Workers two = new Workers(2);
          Training alone = new Training(colliding, 37, one);
          Training together = new Training(colliding, 37, two)) {
        for (Training training : List.of(alone, together)) {
          training.run(0, 3);
          training.fold();
          training.run(3, 5);
        }
        together.assertSameBits(alone, spec + ", two threads");
        try (Training resumed = new Training(alone.optimizer.spec(), 37, one)) {
          resumed.table.data().copyFrom(alone.table.data());
          resume(alone.optimizer, resumed.optimizer);
          assertEquals(5, resumed.optimizer.steps());
          alone.run(5, 9);
          resumed.run(5, 9);
          resumed.assertSameBits(alone, spec + ", resumed");
        }
      }
    }));
  }

  private static void resume(RowOptimizer from, RowOptimizer to) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    OptimizerState.write(from, Channels.newChannel(bytes));
    OptimizerState.read(to, Channels.newChannel(new ByteArrayInputStream(bytes.toByteArray())));
  }

  /** A state from before a fold is not that of the folded optimizer, whose text says how often it was folded. */
  @Test
  public void read_stateFromBeforeTheFold_isRefused() throws IOException {
    OptimizerSpec spec = OptimizerSpec.parse("adagrad v=count-min:0.5");
    try (Workers workers = new Workers(1);
        Training whole = new Training(spec, 3, workers);
        Training folded = new Training(spec, 3, workers)) {
      folded.fold();
      assertEquals("adagrad v=count-min:0.5:folds=1", folded.optimizer.spec().toString());
      Exception e = assertThrows(IllegalArgumentException.class, () -> resume(whole.optimizer, folded.optimizer));
      assertTrue(e.getMessage().contains("v=count-min:0.5;") && e.getMessage().contains("folds=1"), e.getMessage());
    }
  }

  /** A linear sketch that was folded is, to rounding, the one that had that width from the start, then and later. */
  @TestFactory
  public Stream<DynamicTest> fold_linearSketch_isThatOfHalfTheWidthFromTheStart() {
    return Stream.of("momentum m=count-sketch:%s:decay=global", "momentum m=count-sketch:%s:depth=5:decay=global",
        "rmsprop:alpha=0.5 v=count-min:%s:decay=global", "adagrad v=count-min:%s", "adagrad v=count-min:%s:clean=3x0.5")
        .map(text -> dynamicTest(text, () -> {
          int depth = text.contains("depth=5") ? 5 : 3;
          OptimizerSpec wide = OptimizerSpec.parse(String.format(Locale.ROOT, text, depth * 40.0 / ROWS));
          OptimizerSpec narrow = OptimizerSpec.parse(String.format(Locale.ROOT, text, depth * 10.0 / ROWS));
          try (Workers workers = new Workers(1);
              Training folded = new Training(wide, 5, workers);
              Training fresh = new Training(narrow, 5, workers)) {
            folded.run(0, 25);
            folded.fold();
            folded.fold();
            fresh.run(0, 25);
            assertEquals(fresh.optimizer.bytes(), folded.optimizer.bytes());
            assertClose(fresh, folded);
            folded.run(25, 40);
            fresh.run(25, 40);
            assertClose(fresh, folded);
          }
        }));
  }

  private static void assertClose(Training fresh, Training folded) {
    float[] expected = fresh.optimizer.arrays().getFirst().data().toArray(ValueLayout.JAVA_FLOAT);
    float[] actual = folded.optimizer.arrays().getFirst().data().toArray(ValueLayout.JAVA_FLOAT);
    double largest = 0;
    for (float cell : expected) {
      largest = Math.max(largest, Math.abs(cell));
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 1e-5 * largest, "cell " + i);
    }
    if (expected.length > 1 && fresh.optimizer.arrays().size() > 1) {
      assertEquals(-1, fresh.optimizer.arrays().get(1).data().mismatch(folded.optimizer.arrays().get(1).data()));
    }
  }

  /** One test per combination that cannot be folded, for want of sketches or because they are lossless. */
  @TestFactory
  public Stream<DynamicTest> fold_impossible_isRefusedAndChangesNothing() {
    return Stream.concat(combinations(false).stream(), combinations(true).stream().map(Combinations::lossless))
        .map(spec -> dynamicTest(spec.toString(), () -> {
          try (Workers workers = new Workers(1); Training training = new Training(spec, 3, workers)) {
            assertRefused(training, spec.layouts().stream().anyMatch(layout -> layout instanceof FoldableLayout)
                ? "choose a smaller ratio"
                : "nothing to fold");
          }
        }));
  }

  /** 0.2 of 96 rows at depth 3 is 6 buckets: 3 after one fold, and an odd number is not halved. */
  @Test
  public void fold_oddWidth_isRefusedAndChangesNothing() {
    OptimizerSpec spec = OptimizerSpec.parse("adam m=count-sketch:0.5,v=count-min:0.2");
    try (Workers workers = new Workers(1); Training training = new Training(spec, 3, workers)) {
      training.fold();
      assertRefused(training, "width 6 of 96 rows cannot be halved that often; at most 1");
      assertEquals("adam m=count-sketch:0.5:folds=1,v=count-min:0.2:folds=1", training.optimizer.spec().toString());
    }
  }

  private static void assertRefused(Training training, String reason) {
    training.run(0, 2);
    OptimizerSpec spec = training.optimizer.spec();
    List<StateArray> arrays = training.optimizer.arrays();
    Exception e = assertThrows(IllegalArgumentException.class, training::fold);
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertEquals(spec, training.optimizer.spec());
    assertEquals(arrays, training.optimizer.arrays());
    training.run(2, 3);
  }

  /**
   * A moment that is not in a sketch is estimated after a fold as before it, whatever its state makes anew in a step.
   */
  @TestFactory
  public Stream<DynamicTest> fold_slotsWithoutASketch_areEstimatedAsBefore() {
    return Stream.of("dense", "bf16", "row-wise", "rank-one", "rank-one-svd", "sm3")
        .map(layout -> dynamicTest(layout, () -> {
          OptimizerSpec spec = OptimizerSpec.parse("adam m=count-sketch:0.5,v=" + layout);
          try (Workers workers = new Workers(1); Training training = new Training(spec, 13, workers)) {
            Probe probe = new Probe(training.optimizer, ROWS, SEED, training.data, workers);
            Gradients gradients = new Gradients(SEED, ROWS, 13);
            for (int t = 1; t <= 3; t++) {
              Gradient gradient = gradients.sparse(training.data, t, 20, Values.NORMAL);
              training.optimizer.step(gradient, 0.01f);
              probe.follow(gradient);
            }
            Probe.Deviation before = probe.measure().getLast();
            training.fold();
            assertEquals(before, probe.measure().getLast(), "v, seed " + SEED);
          }
        }));
  }
}
