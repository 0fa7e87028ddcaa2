/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.kernel;

import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Which {@link Kernels} this JVM uses, and why.
 *
 * <p>Module {@code simd} offers its kernels as a service. If it is absent, or its incubator module is not enabled, the
 * scalar kernels run and the reason is kept for every report. The system property {@code sublinear.kernels} pins the
 * choice: {@code scalar}, {@code simd} (an error if it cannot be had) or {@code auto} (the default).
 *
 * @param kernels the implementation
 * @param description the text for reports: {@code simd-512}, or {@code scalar: reason}
 */
public record KernelSelection(Kernels kernels, String description) {
  /** The system property that pins the choice. */
  public static final String PROPERTY = "sublinear.kernels";

  private record Scalar() implements Kernels {}

  private static final KernelSelection CURRENT = select(System.getProperty(PROPERTY, "auto"));

  /** The choice of this JVM, made once. */
  public static KernelSelection current() {
    return CURRENT;
  }

  /** The scalar kernels, whatever this JVM uses; the reference of equality tests. */
  public static Kernels scalar() {
    return new Scalar();
  }

  private static KernelSelection select(String wanted) {
    return switch (wanted) {
      case "scalar" -> new KernelSelection(scalar(), "scalar: asked for by -D" + PROPERTY + "=scalar");
      case "auto" -> find();
      case "simd" -> {
        KernelSelection found = find();
        if (found.kernels instanceof Scalar) {
          throw new IllegalStateException("-D" + PROPERTY + "=simd: not to be had: " + found.description);
        }
        yield found;
      }
      default -> throw new IllegalArgumentException(
          "-D" + PROPERTY + "=" + wanted + ": must be scalar, simd or auto");
    };
  }

  private static KernelSelection find() {
    try {
      Iterator<Kernels> found = ServiceLoader.load(Kernels.class, Kernels.class.getClassLoader()).iterator();
      if (found.hasNext()) {
        Kernels kernels = found.next();
        return new KernelSelection(kernels, kernels.name());
      }
      return new KernelSelection(scalar(), "scalar: module simd is not on the path");
    } catch (ServiceConfigurationError | LinkageError e) {
      return new KernelSelection(scalar(),
          "scalar: the Vector API is not enabled; add --add-modules jdk.incubator.vector (" + e + ")");
    }
  }
}
