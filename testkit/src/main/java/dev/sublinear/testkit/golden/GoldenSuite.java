/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.Gradient;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.gradient.SparseRows;
import dev.sublinear.rule.Rules;
import dev.sublinear.rule.UpdateRule;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.Workers;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every rule follows PyTorch's optimizer of that name, or what its paper says; the numbers are
 * PyTorch's, see {@code pytorch.txt} and the script named in it.
 *
 * <p>How close: after t steps every parameter is within {@code 4 + t / 4} ulp of PyTorch's, where an ulp is that of the
 * largest value and the largest step the parameter has had so far: PyTorch fuses multiply-add and keeps betas in
 * double.
 */
public class GoldenSuite {
  private static final int ROWS = 5;
  private static final int COLUMNS = 7;
  private static final int STEPS = 25;
  private static final float LEARNING_RATE = 1f / 64;

  /**
   * A trajectory.
   *
   * @param theirs the optimizer in PyTorch's words
   * @param ours the optimizer in ours
   * @param sparse whether only some rows have a gradient
   * @param kept parameters after some steps
   */
  private record Case(String theirs, String ours, boolean sparse, SortedMap<Integer, float[]> kept) {}

  /** One test per case of the file. */
  @TestFactory
  public Stream<DynamicTest> step_followsPyTorch() {
    return cases().stream().map(golden -> dynamicTest(golden.theirs, () -> check(golden)));
  }

  /** Every registered rule has a trajectory to follow. */
  @Test
  public void everyRule_hasATrajectory() {
    Set<String> covered =
        cases().stream().map(golden -> OptimizerSpec.parse(golden.ours).rule().name()).collect(Collectors.toSet());
    assertTrue(covered.containsAll(Rules.all().stream().map(UpdateRule::name).toList()), covered.toString());
  }

  private static void check(Case golden) {
    try (Arena arena = Arena.ofShared(); Workers workers = new Workers(1)) {
      RowTable table = RowTable.allocate(arena, ROWS, COLUMNS);
      for (int r = 0; r < ROWS; r++) {
        for (int c = 0; c < COLUMNS; c++) {
          table.set(r, c, ((r * 7 + c * 3) % 13 - 6) / 16f);
        }
      }
      RowOptimizer optimizer = new RowOptimizer(OptimizerSpec.parse(golden.ours), table, 1, arena, workers);
      float[] largest = new float[ROWS * COLUMNS];
      int compared = 0;
      for (int t = 1; t <= STEPS; t++) {
        float[] before = table.data().toArray(ValueLayout.JAVA_FLOAT);
        optimizer.step(gradient(arena, t, golden.sparse), LEARNING_RATE);
        float[] actual = table.data().toArray(ValueLayout.JAVA_FLOAT);
        for (int i = 0; i < largest.length; i++) {
          float step = Math.abs(actual[i] - before[i]);
          largest[i] = Math.max(Math.max(largest[i], step), Math.abs(actual[i]));
        }
        float[] expected = golden.kept.get(t);
        for (int i = 0; expected != null && i < expected.length; i++, compared++) {
          float ulp = Math.ulp(largest[i]);
          assertEquals(expected[i], actual[i], (4 + t / 4f) * ulp,
              golden.theirs + ": row " + i / COLUMNS + ", column " + i % COLUMNS + ", step " + t);
        }
      }
      assertEquals(ROWS * COLUMNS * 5, compared, "numbers compared");
    }
  }

  private static Gradient gradient(Arena arena, int t, boolean sparse) {
    long[] ids = LongStream.range(0, ROWS).filter(r -> !sparse || (r != 4 && (t + r) % 3 != 0)).toArray();
    MemorySegment values = arena.allocate(4L * ids.length * COLUMNS, 64);
    for (int i = 0; i < ids.length; i++) {
      for (int c = 0; c < COLUMNS; c++) {
        float value = ((31L * t + 17 * ids[i] + 7L * c + ids[i] * t * c) % 41 - 20) / 64f;
        values.setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * COLUMNS + c, value);
      }
    }
    return sparse ? new SparseRows(ids, ids.length, values, COLUMNS) : new DenseRows(values, ROWS, COLUMNS);
  }

  private static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (String line : text().lines().filter(line -> !line.startsWith("#")).toList()) {
      String[] keyAndValue = line.split(": ", 2);
      if (keyAndValue[0].equals("case")) {
        String[] parts = keyAndValue[1].split(" \\| ");
        cases.add(new Case(parts[0], parts[1], parts[2].equals("sparse"), new TreeMap<>()));
      } else {
        cases.getLast().kept.put(Integer.parseInt(keyAndValue[0]), floats(keyAndValue[1].split(" ")));
      }
    }
    return cases;
  }

  private static float[] floats(String[] bits) {
    float[] values = new float[bits.length];
    for (int i = 0; i < bits.length; i++) {
      values[i] = Float.intBitsToFloat(Integer.parseUnsignedInt(bits[i], 16));
    }
    return values;
  }

  private static String text() {
    try (InputStream file = Objects.requireNonNull(GoldenSuite.class.getResourceAsStream("pytorch.txt"))) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("pytorch.txt", e);
    }
  }
}
