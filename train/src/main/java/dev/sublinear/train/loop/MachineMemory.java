/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** How much memory this machine has and this process took. */
public final class MachineMemory {
  private MachineMemory() {}

  /** Bytes of memory of the machine, or of the container this process is confined to. */
  public static long totalBytes() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
  }

  /**
   * Lets {@link #peakResidentBytes} begin anew, at what is resident now; where the system does not allow it, the peak
   * stays that of the whole process.
   *
   * @return whether it did
   */
  static boolean resetPeak() {
    try {
      Files.writeString(Path.of("/proc/self/clear_refs"), "5", StandardOpenOption.WRITE);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The largest resident set of this process since the last {@link #resetPeak}, in bytes; {@code null} where the system
   * does not tell.
   */
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
