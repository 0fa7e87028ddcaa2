/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import ai.djl.engine.Engine;
import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.train.loop.MachineMemory;
import dev.sublinear.train.report.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Where the figures come from.
 *
 * @param date when, in UTC
 * @param cpu the processor's name
 * @param cores processors the JVM may use
 * @param memoryBytes memory of the machine or container
 * @param l3 size of the last cache, as the system tells it
 * @param hugePages the setting for transparent huge pages
 * @param system operating system and architecture
 * @param jdk version and vendor of the JVM
 * @param kernels the kernels that ran
 * @param djl version of DJL and of its PyTorch
 * @param torch version of the Python torch that was found, or why none was
 * @param threads the numbers of threads that are compared
 */
public record Machine(String date, String cpu, int cores, long memoryBytes, String l3, String hugePages, String system,
    String jdk, String kernels, String djl, String torch, List<Integer> threads) {
  private static final String UNKNOWN = "unknown";

  /** Looks at this machine; loads the engine. */
  static Machine look(String torch) {
    Engine engine = Engine.getInstance();
    return new Machine(
        ZonedDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS).toString(),
        processor(),
        Runtime.getRuntime().availableProcessors(),
        MachineMemory.totalBytes(),
        read("/sys/devices/system/cpu/cpu0/cache/index3/size"),
        read("/sys/kernel/mm/transparent_hugepage/enabled"),
        System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch"),
        System.getProperty("java.vm.version") + " (" + System.getProperty("java.vendor") + ")",
        KernelSelection.current().description(),
        Engine.getDjlVersion() + ", " + engine.getEngineName() + " " + engine.getVersion(),
        torch,
        threadCounts());
  }

  /** 1, and 2 where there are two processors. */
  static List<Integer> threadCounts() {
    return IntStream.rangeClosed(1, Math.min(2, Runtime.getRuntime().availableProcessors())).boxed().toList();
  }

  private static String processor() {
    return read("/proc/cpuinfo").lines().filter(line -> line.startsWith("model name")).findFirst()
        .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse(UNKNOWN);
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException e) {
      return UNKNOWN;
    }
  }

  String markdown() {
    return String.format(Locale.ROOT, """
        - %s, %s
        - %s, %d cores, memory %s, L3 %s, transparent huge pages %s
        - JDK %s, kernels %s
        - DJL %s; Python torch: %s
        - threads of a step: %s
        """, date, system, cpu, cores, ByteSize.format(memoryBytes), l3, hugePages, jdk, kernels, djl, torch,
        threads.stream().map(Object::toString).collect(Collectors.joining(" and ")));
  }
}
