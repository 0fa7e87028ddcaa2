/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.linear;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.presets.openblas;
import org.jspecify.annotations.Nullable;

/**
 * The library file of OpenBLAS, from the jar of the bytedeco presets.
 *
 * <p>JavaCPP copies it out of the jar (into its cache folder, once per machine) and does no more: its bindings, which
 * copy heap arrays and use sun.misc.Unsafe, stay unloaded.
 */
final class OpenBlasLibrary {
  private static final String OPENBLAS = "libopenblas.so.0";

  /** What the library needs, in the order in which it must be there. libgcc is the system's, as libtorch's is. */
  private static final List<String> NEEDED = List.of("libquadmath.so.0", "libgfortran.so.5");

  private static @Nullable SymbolLookup library;

  private OpenBlasLibrary() {}

  /** The symbols of the library, which stays loaded. */
  static synchronized SymbolLookup load() {
    SymbolLookup loaded = library;
    if (loaded == null) {
      for (String name : NEEDED) {
        open(unpacked(name));
      }
      loaded = open(unpacked(OPENBLAS));
      library = loaded;
    }
    return loaded;
  }

  private static Path unpacked(String name) {
    String platform = Loader.getPlatform();
    URL url = openblas.class.getResource("/org/bytedeco/openblas/" + platform + "/" + name);
    if (url == null) {
      throw new IllegalStateException(
          "no " + name + " for " + platform + ": org.bytedeco:openblas:" + platform + " must be on the class path");
    }
    try {
      return Loader.cacheResource(url).toPath();
    } catch (IOException e) {
      throw new IllegalStateException(name + " cannot be unpacked: " + e.getMessage(), e);
    }
  }

  /**
   * Loads a library for good.
   *
   * @throws IllegalStateException naming the file, if it cannot be loaded
   */
  @SuppressWarnings("restricted")
  static SymbolLookup open(Path file) {
    try {
      return SymbolLookup.libraryLookup(file, Arena.global());
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(file + " cannot be loaded: " + e.getMessage(), e);
    }
  }
}
