/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import ai.djl.engine.Engine;
import dev.sublinear.kernel.KernelSelection;
import dev.sublinear.train.loop.MachineMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

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
 */
public record Machine(String date, String cpu, int cores, long memoryBytes, String l3, String hugePages, String system,
    String jdk, String kernels, String djl) {
  private static final String UNKNOWN = "unknown";

  /** Looks at this machine; loads the engine. */
  public static Machine look() {
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
        Engine.getDjlVersion() + ", " + engine.getEngineName() + " " + engine.getVersion());
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

  /** A list in Markdown. */
  public String markdown() {
    return String.format(Locale.ROOT, """
        - %s, %s
        - %s, %d cores, memory %s, L3 %s, transparent huge pages %s
        - JDK %s, kernels %s
        - DJL %s
        """, date, system, cpu, cores, ByteSize.format(memoryBytes), l3, hugePages, jdk, kernels, djl);
  }
}
