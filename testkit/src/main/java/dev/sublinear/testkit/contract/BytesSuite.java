/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sublinear.layout.StateArray;
import dev.sublinear.layout.StateLayout;
import dev.sublinear.rule.RowCounter;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.Workers;
import dev.sublinear.testkit.Combinations;
import dev.sublinear.testkit.Trial;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What a state is said to cost is what its arrays measure. */
public class BytesSuite {
  private static final List<long[]> SHAPES = List.of(new long[] {1, 1}, new long[] {1, 7}, new long[] {17, 1},
      new long[] {33, 5}, new long[] {41, 16}, new long[] {1001, 3}, new long[] {6, 2, 5, 3}, new long[] {50});

  /** One test per combination: the sum of the arrays, for tables and for tensors of other ranks. */
  @TestFactory
  public Stream<DynamicTest> bytes_anyShape_isWhatTheArraysMeasure() {
    return Combinations.withOptions().stream().map(spec -> dynamicTest(spec.toString(), () -> {
      for (long[] shape : SHAPES) {
        check(Combinations.colliding(spec, shape[0]), shape);
      }
    }));
  }

  private static void check(OptimizerSpec spec, long[] shape) {
    String context = spec + " " + Arrays.toString(shape);
    long sum = 0;
    try (Arena arena = Arena.ofConfined()) {
      for (StateLayout layout : spec.layouts()) {
        long bytes = layout.allocate(arena, 1, shape).arrays().stream().mapToLong(a -> a.data().byteSize()).sum();
        assertEquals(bytes, layout.bytes(shape), context + ": " + layout);
        sum += bytes;
      }
    }
    sum += spec.rule().rowCounter() != RowCounter.NONE ? Integer.BYTES * shape[0] : 0;
    assertEquals(sum, spec.bytes(shape), context);
    if (shape.length == 2) {
      try (Workers workers = new Workers(1); Trial trial = new Trial(spec, shape[0], (int) shape[1], 1, workers)) {
        assertEquals(sum, trial.optimizer().bytes(), context);
        assertEquals(sum, trial.state().length, context);
        Set<String> names = new HashSet<>();
        for (StateArray array : trial.optimizer().arrays()) {
          assertEquals(true, names.add(array.name()), () -> context + ": two arrays named " + array.name());
        }
      }
    }
  }

  /** Sizes no machine of ours could allocate, worked out by hand. */
  @Test
  public void bytes_hugeTable_isComputedWithoutAllocating() {
    long rows = 49_500_000;
    assertEquals(25_344_000_000L, OptimizerSpec.parse("adam").bytes(rows, 64));
    assertEquals(12_672_000_000L, OptimizerSpec.parse("adam m=bf16,v=bf16").bytes(rows, 64));
    assertEquals(12_672_000_000L + 4 * rows, OptimizerSpec.parse("adam v=row-wise").bytes(rows, 64));
    assertEquals(4 * rows, OptimizerSpec.parse("adam m=none,v=row-wise").bytes(rows, 64));
    assertEquals(8 * rows, OptimizerSpec.parse("adam:correction=row m=none,v=row-wise").bytes(rows, 64));
    assertEquals(4L * 3 * 165_000 * 64, OptimizerSpec.parse("adam m=none,v=count-min:0.01").bytes(rows, 64));
    assertEquals(2L * 3 * 165_000 * 64 + 8,
        OptimizerSpec.parse("momentum m=count-sketch:0.01:cells=bf16:decay=global").bytes(rows, 64));
    assertEquals(0, OptimizerSpec.parse("sgd").bytes(rows, 64));
    assertEquals(3L << 52, OptimizerSpec.parse("amsgrad").bytes(1L << 40, 1 << 10));
  }

  /** A tensor without dimensions has one row. */
  @Test
  public void bytes_ofAScalar_areThoseOfOneElement() {
    assertEquals(8, OptimizerSpec.parse("adam").bytes());
    assertEquals(12, OptimizerSpec.parse("adam:correction=row").bytes());
  }
}
