/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.linear;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** {@link LinearAlgebra} by the C interfaces of OpenBLAS (CBLAS, LAPACKE), called through the JDK's own linker. */
final class OpenBlas implements LinearAlgebra {
  private static final int ROW_MAJOR = 101;
  private static final int COLUMN_MAJOR = 102;
  private static final int NO_TRANSPOSE = 111;
  private static final int TRANSPOSE = 112;
  private static final int UPPER = 121;
  private static final byte WITH_VECTORS = 'V';
  private static final byte LOWER = 'L';

  /** Edge of the square blocks that are mirrored: both sides of one stay in the first cache. */
  private static final int BLOCK = 32;

  // Static, so that the compiler sees through them.
  private static final MethodHandle DGEMM = function("cblas_dgemm", gemm(JAVA_DOUBLE));
  private static final MethodHandle SGEMM = function("cblas_sgemm", gemm(JAVA_FLOAT));
  private static final MethodHandle DSYRK =
      function("cblas_dsyrk", FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_DOUBLE,
          ADDRESS, JAVA_INT, JAVA_DOUBLE, ADDRESS, JAVA_INT));
  private static final MethodHandle DSYEVD = function("LAPACKE_dsyevd",
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_BYTE, JAVA_BYTE, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));

  static final OpenBlas INSTANCE = new OpenBlas();

  private OpenBlas() {
    try {
      function("openblas_set_num_threads", FunctionDescriptor.ofVoid(JAVA_INT)).invokeExact(1);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static FunctionDescriptor gemm(MemoryLayout factor) {
    return FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, factor, ADDRESS,
        JAVA_INT, ADDRESS, JAVA_INT, factor, ADDRESS, JAVA_INT);
  }

  /**
   * The function, called critically if an operand is on the heap: it passes without a copy, at the price that no thread
   * gets past a safepoint meanwhile.
   */
  @SuppressWarnings("restricted")
  private static MethodHandle function(String name, FunctionDescriptor descriptor) {
    MemorySegment address = OpenBlasLibrary.load().findOrThrow(name);
    MethodHandle critical = Linker.nativeLinker().downcallHandle(address, descriptor, Linker.Option.critical(true));
    MethodHandle chosen = Linker.nativeLinker().downcallHandle(address, descriptor);
    MethodType type = critical.type();
    for (int i = 0; i < type.parameterCount(); i++) {
      if (type.parameterType(i) == MemorySegment.class) {
        MethodHandle test = MethodHandles.permuteArguments(isNative(), type.changeReturnType(boolean.class), i);
        chosen = MethodHandles.guardWithTest(test, chosen, critical);
      }
    }
    return chosen;
  }

  private static MethodHandle isNative() {
    try {
      return MethodHandles.lookup().findVirtual(MemorySegment.class, "isNative", MethodType.methodType(boolean.class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void multiply(boolean transposeA, boolean transposeB, int m, int n, int k, double alpha, MemorySegment a,
      MemorySegment b, double beta, MemorySegment c) {
    check("a", a, m, k, Double.BYTES);
    check("b", b, k, n, Double.BYTES);
    check("c", c, m, n, Double.BYTES);
    try {
      DGEMM.invokeExact(ROW_MAJOR, operation(transposeA), operation(transposeB), m, n, k, alpha, a,
          stride(transposeA ? m : k), b, stride(transposeB ? k : n), beta, c, stride(n));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public void multiplyFloat(boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, MemorySegment a,
      MemorySegment b, float beta, MemorySegment c) {
    check("a", a, m, k, Float.BYTES);
    check("b", b, k, n, Float.BYTES);
    check("c", c, m, n, Float.BYTES);
    try {
      SGEMM.invokeExact(ROW_MAJOR, operation(transposeA), operation(transposeB), m, n, k, alpha, a,
          stride(transposeA ? m : k), b, stride(transposeB ? k : n), beta, c, stride(n));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public void gram(boolean ofColumns, int rows, int columns, double alpha, MemorySegment a, double beta,
      MemorySegment c) {
    int n = ofColumns ? columns : rows;
    check("a", a, rows, columns, Double.BYTES);
    check("c", c, n, n, Double.BYTES);
    try {
      DSYRK.invokeExact(ROW_MAJOR, UPPER, operation(ofColumns), n, ofColumns ? rows : columns, alpha, a,
          stride(columns), beta, c, stride(n));
    } catch (Throwable e) {
      throw unexpected(e);
    }
    mirror(n, c);
  }

  private static void mirror(int n, MemorySegment c) {
    for (int top = 0; top < n; top += BLOCK) {
      for (int left = top; left < n; left += BLOCK) {
        for (int i = top; i < Math.min(top + BLOCK, n); i++) {
          for (int j = Math.max(left, i + 1); j < Math.min(left + BLOCK, n); j++) {
            c.setAtIndex(JAVA_DOUBLE, (long) j * n + i, c.getAtIndex(JAVA_DOUBLE, (long) i * n + j));
          }
        }
      }
    }
  }

  @Override
  public boolean eigen(int n, MemorySegment a, MemorySegment values) {
    check("a", a, n, n, Double.BYTES);
    check("values", values, n, 1, Double.BYTES);
    if (!isFinite(n, a)) {
      return false;
    }
    int info;
    try {
      // Column by column, so that the vectors come out as rows and nothing is transposed.
      info = (int) DSYEVD.invokeExact(COLUMN_MAJOR, WITH_VECTORS, LOWER, n, a, stride(n), values);
    } catch (Throwable e) {
      throw unexpected(e);
    }
    return info == 0;
  }

  /** LAPACKE looks for NaN alone, and scales by the largest element: infinity would become NaN inside. */
  private static boolean isFinite(int n, MemorySegment a) {
    double zero = 0;
    for (long i = 0; i < (long) n * n; i++) {
      zero += 0 * a.getAtIndex(JAVA_DOUBLE, i);
    }
    return zero == 0;
  }

  private static int operation(boolean transpose) {
    return transpose ? TRANSPOSE : NO_TRANSPOSE;
  }

  /** Elements from row to row; CBLAS wants 1 even where there is none. */
  private static int stride(int columns) {
    return Math.max(columns, 1);
  }

  private static void check(String name, MemorySegment segment, int rows, int columns, int elementBytes) {
    if (rows < 0 || columns < 0) {
      throw new IllegalArgumentException(name + " [" + rows + " x " + columns + "]: sizes must be >= 0");
    }
    if (segment.byteSize() / elementBytes < (long) rows * columns) {
      throw new IllegalArgumentException(name + " [" + rows + " x " + columns + "]: the segment holds only "
          + segment.byteSize() / elementBytes + " elements");
    }
  }

  /** Nothing below throws but the virtual machine itself. */
  private static RuntimeException unexpected(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }
}
