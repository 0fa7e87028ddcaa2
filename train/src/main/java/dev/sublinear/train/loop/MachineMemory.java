/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** How much memory this machine has and this process took. */
public final class MachineMemory {
  private MachineMemory() {}

  /** Bytes of memory of the machine, or of the container this process is confined to. */
  public static long totalBytes() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
  }

  /** The largest resident set of this process so far, in bytes; {@code null} where the system does not tell. */
  static @Nullable Long peakResidentBytes() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        }
      }
      return null;
    } catch (IOException e) {
      return null;
    }
  }
}
