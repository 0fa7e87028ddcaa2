/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.kernel.Kernels;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.annotations.Benchmark;

/** That what {@link KernelBenchmark} times is right. */
final class KernelBenchmarkTest {
  static Stream<Method> benchmarks() {
    return Arrays.stream(KernelBenchmark.class.getMethods()).filter(m -> m.isAnnotationPresent(Benchmark.class));
  }

  @ParameterizedTest
  @MethodSource("benchmarks")
  void kernel_givesTheBitsOfTheScalarOne(Method benchmark) throws ReflectiveOperationException {
    KernelBenchmark untouched = new KernelBenchmark();
    KernelBenchmark timed = new KernelBenchmark();
    KernelBenchmark scalar = new KernelBenchmark(KernelSelection.scalar());
    Object result = benchmark.invoke(timed);
    assertEquals(benchmark.invoke(scalar), result);
    assertEquals(-1, timed.memory().mismatch(scalar.memory()));
    if (result == null && !benchmark.getName().equals("scale")) {
      assertNotEquals(-1, timed.memory().mismatch(untouched.memory()), "it did nothing");
    }
  }

  @Test
  void everyKernel_hasABenchmark() {
    Set<String> timed = benchmarks().map(Method::getName).collect(Collectors.toSet());
    Set<String> kernels = Arrays.stream(Kernels.class.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers())
            && !method.isSynthetic())
        .map(Method::getName).filter(name -> !name.equals("name")).collect(Collectors.toSet());
    assertEquals(kernels, timed);
  }
}
