/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sublinear.kernel.Float8;
import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import dev.sublinear.kernel.RowCells;
import dev.sublinear.kernel.Scratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The kernels of this JVM return the bits of the scalar ones, for every method, length, offset and value, and write
 * nothing but their run; only which of the many NaNs is returned is left open.
 */
public class KernelEqualitySuite {
  private static final float[] FACTORS = {0f, 1f, -1f, 0.9f, 1e-3f, -3e20f};

  /** A call of one kernel with the given operands. */
  private interface Call {
    /** Runs the kernel and returns its result, or 0 if the result is in memory. */
    float run(Kernels kernels, Operands operands);
  }

  /**
   * Operands of a call, equal for both kernels.
   *
   * @param n length of the runs
   * @param offset byte offset of float runs
   * @param factor a scalar
   * @param s a run that is read and written
   * @param x a run that is read
   * @param y a run that is read
   * @param cells fourteen runs behind each other
   * @param out a run that is written
   * @param scratch working memory
   * @param halves a run of bfloat16 values that is read or written, at half the offset
   */
  private record Operands(int n, long offset, float factor, MemorySegment s, MemorySegment x, MemorySegment y,
      MemorySegment cells, MemorySegment out, MemorySegment halves, Scratch scratch) {
    static Operands of(Arena arena, long seed, int n, long offset, float factor, boolean special) {
      Runs runs = new Runs(seed);
      return new Operands(n, offset, factor, runs.floats(arena, 1, offset, n, special),
          runs.floats(arena, 2, offset, n, special), runs.floats(arena, 3, offset, n, special),
          runs.floats(arena, 4, offset, 14 * n, special), runs.floats(arena, 5, offset, n, false),
          runs.shorts(arena, 6, offset / 2, n), new Scratch(arena));
    }

    /**
     * A row in the lower (0) or the upper (1) half of the cells; its factors, and with them NaN, vary with the call's.
     */
    RowCells row(int half, int depth, boolean isMedian, boolean isPacked, float factor) {
      RowCells row = scratch.located(0, half)[0];
      row.depth = depth;
      row.isMedian = isMedian;
      row.isPacked = isPacked;
      row.key = 12345 + half;
      row.ofOld = -0.1f;
      row.ofNew = 0.1f;
      row.factor = factor;
      for (int j = 0; j < depth; j++) {
        row.offsets[j] = offset + (isPacked ? 2L : 4L) * n * (7 * half + (j * 3 + 1) % 7);
        row.signs[j] = isMedian && (j == 1 || j == 2 || j == 4) ? -1 : 1;
      }
      return row;
    }

    /** Each cell decays by itself, by a factor that varies with the call's. */
    RowCells ownCells(RowCells row) {
      row.ofCell = Math.abs(factor);
      row.ofOld = 0;
      return row;
    }

    /** A base in the middle of the values, that of the smallest, or that of the largest. */
    short header(boolean isSigned) {
      int largest = factor == 0 ? 0 : Float.floatToIntBits(factor == 1 ? 1 : Float.MAX_VALUE / Math.abs(factor));
      return Float8.header(Math.min(largest, Float.floatToIntBits(Float.MAX_VALUE)), isSigned);
    }

    /** The values of x without their signs. */
    MemorySegment magnitudes() {
      for (long at = offset; at < offset + 4L * n; at += 4) {
        x.set(ValueLayout.JAVA_FLOAT, at, Math.abs(x.get(ValueLayout.JAVA_FLOAT, at)));
      }
      return x;
    }

    void updateSketch(Kernels k, RowCells row) {
      k.updateSketch(cells, row, n, x, offset, out, offset, scratch);
    }

    void adamOfSketches(Kernels k, RowCells m, RowCells v) {
      k.adamOfSketches(s, offset, n, x, offset, cells, m, cells, v, 0.01f, 1, 1e-8f, 7.27f, scratch);
    }

    void assertSame(Operands other, String context) {
      assertFloats(s, other.s, context + ", s");
      assertFloats(x, other.x, context + ", x");
      assertFloats(y, other.y, context + ", y");
      assertHalves(cells, other.cells, context + ", cells"); // whole floats too, but for the payload of a NaN
      assertFloats(out, other.out, context + ", out");
      assertHalves(halves, other.halves, context + ", halves");
    }
  }

  private static final Map<String, Call> CALLS = new LinkedHashMap<>();

  private static void call(String name, Call call) {
    CALLS.put(name, call);
  }

  private static float at(KernelRun run) {
    run.run();
    return 0;
  }

  private interface KernelRun {
    void run();
  }

  static {
    call("square", (k, a) -> at(() -> k.square(a.x, a.offset, a.out, a.offset, a.n)));
    call("square in place", (k, a) -> at(() -> k.square(a.x, a.offset, a.x, a.offset, a.n)));
    call("decayAdd", (k, a) -> at(
        () -> k.decayAdd(a.s, a.offset, a.n, a.factor, 0.1f, a.x, a.offset, a.out, a.offset)));
    call("decayAddSquare",
        (k, a) -> at(() -> k.decayAddSquare(a.s, a.offset, a.n, a.factor, 0.1f, a.x, a.offset)));
    call("maximum", (k, a) -> at(() -> k.maximum(a.s, a.offset, a.n, a.x, a.offset, a.out, a.offset)));
    call("maximum in place", (k, a) -> at(() -> k.maximum(a.s, a.offset, a.n, a.x, a.offset, a.x, a.offset)));
    call("decayAddBounded",
        (k, a) -> k.decayAddBounded(a.factor, a.y, a.offset, a.s, a.offset, a.n, 0.9f, a.factor, a.x,
            a.offset, a.out, a.offset));
    call("decayAddBounded, greatest is out", (k, a) -> k.decayAddBounded(0.5f, a.y, a.offset, a.out, a.offset, a.n, 1,
        a.factor, a.x, a.offset, a.out, a.offset));
    call("adaptiveStepBounded", (k, a) -> k.adaptiveStepBounded(a.s, a.offset, a.n, 0.01f, a.x, a.offset, a.factor,
        a.cells, a.offset, a.offset + 4L * a.n, 0.9f, Math.abs(a.factor), 1e-8f, Float.MAX_VALUE));
    call("adaptiveStepBounded, epsilon 0", (k, a) -> k.adaptiveStepBounded(a.s, a.offset, a.n, -1, a.x, a.offset, 0.5f,
        a.cells, a.offset, a.offset + 4L * a.n, 1, 1, 0, 1e38f));
    call("addScaled", (k, a) -> at(() -> k.addScaled(a.s, a.offset, a.n, a.factor, a.x, a.offset)));
    call("combine", (k, a) -> at(
        () -> k.combine(a.factor, a.x, a.offset, -0.3f, a.y, a.offset, a.out, a.offset, a.n)));
    call("combine in place", (k, a) -> at(
        () -> k.combine(a.factor, a.x, a.offset, -0.3f, a.y, a.offset, a.x, a.offset, a.n)));
    call("scale", (k, a) -> at(() -> k.scale(a.s, a.offset, a.n, a.factor)));
    call("fill", (k, a) -> at(() -> k.fill(a.out, a.offset, a.n, a.factor)));
    call("adam",
        (k, a) -> at(() -> k.adam(a.s, a.offset, a.n, a.x, a.offset, a.y, a.offset, 0.9f, 0.1f, a.out, a.offset,
            0.999f, 0.001f, 0.01f, a.factor, 1e-8f, 7.27f)));
    call("adaptiveStep", (k, a) -> at(() -> k.adaptiveStep(a.s, a.offset, a.n, 0.01f, a.x, a.offset, a.y, a.offset,
        a.factor, 1e-8f, Float.MAX_VALUE)));
    call("adaptiveStep, epsilon 0", (k, a) -> at(() -> k.adaptiveStep(a.s, a.offset, a.n, 0.01f, a.x, a.offset, a.y,
        a.offset, 1, 0, 0.75f)));
    call("adaptiveStep, one v", (k, a) -> at(() -> k.adaptiveStep(a.s, a.offset, a.n, 0.01f, a.x, a.offset,
        a.y.get(ValueLayout.JAVA_FLOAT, a.offset), a.factor, 1e-8f, 7.27f)));
    for (int depth = 1; depth <= RowCells.MAX_DEPTH; depth++) {
      for (boolean isPacked : new boolean[] {false, true}) {
        int d = depth;
        String kind = " of " + d + (isPacked ? ", packed" : "");
        call("updateSketch" + kind, (k, a) -> at(() -> a.updateSketch(k, a.row(0, d, false, isPacked, a.factor))));
        call("updateSketch" + kind + ", own cells",
            (k, a) -> at(() -> a.updateSketch(k, a.ownCells(a.row(0, d, false, isPacked, 1)))));
        if (depth % 2 == 1) {
          call("updateSketch" + kind + ", median",
              (k, a) -> at(() -> a.updateSketch(k, a.row(0, d, true, isPacked, a.factor))));
          call("updateSketch" + kind + ", median, own cells", (k, a) -> at(
              () -> a.updateSketch(k, a.ownCells(a.row(0, d, true, isPacked, 1)))));
          call("adamOfSketches" + kind, (k, a) -> at(() -> a.adamOfSketches(k, a.row(0, d, true, isPacked, 1),
              a.row(1, d, false, isPacked, 1))));
          call("adamOfSketches" + kind + ", own cells",
              (k, a) -> at(() -> a.adamOfSketches(k, a.ownCells(a.row(0, d, true, isPacked, 1)),
                  a.ownCells(a.row(1, d, false, isPacked, 1)))));
        }
      }
    }
    call("adamOfSketches, scaled", (k, a) -> at(() -> a.adamOfSketches(k, a.row(0, 3, true, false, a.factor),
        a.row(1, 3, false, false, 0.3f))));
    call("adamOfSketches, packed, scaled", (k, a) -> at(() -> a.adamOfSketches(k, a.row(0, 3, true, true, a.factor),
        a.row(1, 3, false, true, 0.3f))));
    call("adamOfSketches, packed, own cells of v", (k, a) -> at(() -> a.adamOfSketches(k, a.row(0, 3, true, true, 1),
        a.ownCells(a.row(1, 3, false, true, 1)))));
    call("adamOfSketches, one packed", (k, a) -> at(() -> a.adamOfSketches(k, a.row(0, 3, true, true, 1),
        a.row(1, 3, false, false, 1))));
    call("widen", (k, a) -> at(() -> k.widen(a.halves, a.offset / 2, a.out, a.offset, a.n)));
    call("roundStochastic", (k, a) -> at(
        () -> k.roundStochastic(a.x, a.offset, a.halves, a.offset / 2, a.n, Float.floatToIntBits(a.factor) * 31)));
    call("roundNearest", (k, a) -> at(() -> k.roundNearest(a.x, a.offset, a.halves, a.offset / 2, a.n)));
    for (boolean isSigned : new boolean[] {false, true}) {
      String kind = isSigned ? ", signed" : "";
      call("blockHeader" + kind, (k, a) -> k.blockHeader(isSigned ? a.x : a.magnitudes(), a.offset, a.n));
      call("decode" + kind, (k, a) -> at(() -> k.decode(a.halves, a.offset / 2, a.header(isSigned), a.out, a.offset,
          a.n)));
      call("encodeStochastic" + kind, (k, a) -> at(() -> k.encodeStochastic(a.x, a.offset, a.halves, a.offset / 2, a.n,
          a.header(isSigned), Float.floatToIntBits(a.factor) * 31)));
      call("encodeNearest" + kind, (k, a) -> at(() -> k.encodeNearest(a.x, a.offset, a.halves, a.offset / 2, a.n,
          a.header(isSigned))));
    }
    call("sumOfSquares", (k, a) -> k.sumOfSquares(a.x, a.offset, a.n));
  }

  /** One test per kernel and length. */
  @TestFactory
  public Stream<DynamicTest> everyKernel_equalsScalarBitForBit() {
    return CALLS.entrySet().stream().flatMap(entry -> Arrays.stream(Runs.SIZES)
        .mapToObj(n -> dynamicTest(entry.getKey() + ", n = " + n, () -> check(entry.getKey(), entry.getValue(), n))));
  }

  /** One test per kernel: the compiled code returns the same bits as the interpreted one. */
  @TestFactory
  public Stream<DynamicTest> everyKernel_onceCompiled_equalsScalarBitForBit() {
    return CALLS.entrySet().stream().map(entry -> dynamicTest(entry.getKey(), () -> {
      try (Arena arena = Arena.ofConfined()) {
        Operands operands = Operands.of(arena, 5, 37, 0, 0.9f, false);
        for (int i = 0; i < 12_000; i++) {
          entry.getValue().run(KernelSelection.current().kernels(), operands);
        }
      }
      check(entry.getKey(), entry.getValue(), 37);
    }));
  }

  private static void check(String name, Call call, int n) {
    Kernels scalar = KernelSelection.scalar();
    Kernels current = KernelSelection.current().kernels();
    for (long seed = 1; seed <= 4; seed++) {
      for (long offset : Runs.OFFSETS) {
        for (float factor : FACTORS) {
          try (Arena arena = Arena.ofConfined()) {
            boolean special = seed % 2 == 0;
            Operands expected = Operands.of(arena, seed, n, offset, factor, special);
            Operands actual = Operands.of(arena, seed, n, offset, factor, special);
            float expectedResult = call.run(scalar, expected);
            float actualResult = call.run(current, actual);
            String context = current.name() + " " + name + ", n " + n + ", offset " + offset + ", factor " + factor
                + ", seed " + seed;
            // floatToIntBits has one NaN: which of them comes out is left open.
            assertEquals(Float.floatToIntBits(expectedResult), Float.floatToIntBits(actualResult), context);
            actual.assertSame(expected, context);
          }
        }
      }
    }
  }

  private static void assertFloats(MemorySegment expected, MemorySegment actual, String context) {
    if (expected.mismatch(actual) >= 0) {
      int[] e = bits(expected);
      int[] a = bits(actual);
      int i = Arrays.mismatch(e, a);
      if (i >= 0) {
        fail(context + ": float " + i + " of the memory is " + Integer.toHexString(a[i]) + ", not "
            + Integer.toHexString(e[i]));
      }
    }
  }

  private static int[] bits(MemorySegment memory) {
    float[] floats = memory.asSlice(0, memory.byteSize() & ~3L).toArray(ValueLayout.JAVA_FLOAT);
    int[] bits = new int[floats.length];
    Arrays.setAll(bits, i -> Float.floatToIntBits(floats[i]));
    return bits;
  }

  private static void assertHalves(MemorySegment expected, MemorySegment actual, String context) {
    short[] e = expected.toArray(ValueLayout.JAVA_SHORT);
    short[] a = actual.toArray(ValueLayout.JAVA_SHORT);
    for (int i = 0; i < e.length; i++) {
      e[i] = oneNan(e[i]);
      a[i] = oneNan(a[i]);
    }
    assertArrayEquals(e, a, context);
  }

  private static short oneNan(short half) {
    return (half & 0x7FFF) > 0x7F80 ? (short) 0x7FC0 : half;
  }

  /** A run longer than the largest table row in use, for the one kernel that takes such runs. */
  @Test
  public void scale_longRun_equalsScalar() {
    for (long n : new long[] {4098, 100_003}) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment expected = new Runs(7).floats(arena, 1, 4, (int) n, true);
        MemorySegment actual = new Runs(7).floats(arena, 1, 4, (int) n, true);
        KernelSelection.scalar().scale(expected, 4, n, 0.7f);
        KernelSelection.current().kernels().scale(actual, 4, n, 0.7f);
        assertFloats(expected, actual, "scale, n " + n);
        assertEquals(Float.floatToIntBits(KernelSelection.scalar().sumOfSquares(expected, 4, (int) n)),
            Float.floatToIntBits(KernelSelection.current().kernels().sumOfSquares(expected, 4, (int) n)));
      }
    }
  }

  /** A new kernel without a test fails here. */
  @Test
  public void everyMethodOfKernels_isCalledAbove() {
    Set<String> methods = Arrays.stream(Kernels.class.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers())
            && !method.isSynthetic())
        .map(Method::getName)
        .collect(Collectors.toCollection(TreeSet::new));
    methods.remove("name");
    methods.removeIf(method -> CALLS.keySet().stream().anyMatch(name -> name.split("[ ,]")[0].equals(method)));
    assertTrue(methods.isEmpty(), () -> "kernels without an equality test: " + methods);
  }
}
