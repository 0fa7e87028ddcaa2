/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** How to start another JVM on the class path of this one. */
final class FreshJvm {
  private FreshJvm() {}

  /** The flags this JVM was started with. */
  static List<String> flags() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments();
  }

  /** The command that runs {@code main} with these flags and arguments. */
  static List<String> command(List<String> flags, Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    return command;
  }
}
