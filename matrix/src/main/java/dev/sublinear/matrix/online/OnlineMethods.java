/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.online;

import dev.sublinear.layout.Term;
import java.util.List;

/** The registered online convex methods: one line each, and the command line and the search of rates know it. */
public final class OnlineMethods {
  /** Weights that an array holds. */
  private static final int MANY = Integer.MAX_VALUE - 8;

  private static final List<OnlineMethod> METHODS = List.of(
      new OnlineMethod("ogd", false, false, MANY, GradientDescent::new),
      new OnlineMethod("adagrad", false, false, MANY, DiagonalAdagrad::new),
      new OnlineMethod("full-adagrad", false, false, FullAdagrad.MAX_WEIGHTS, FullAdagrad::new),
      new OnlineMethod("ada-fd", true, true, MANY, SketchedLearner::adaFd),
      new OnlineMethod("fd-son", true, true, MANY, SketchedLearner::fdSon),
      new OnlineMethod("rfd-son", true, false, MANY, SketchedLearner::rfdSon),
      new OnlineMethod("s-adagrad", true, false, MANY, SketchedLearner::sketchedAdagrad));

  private OnlineMethods() {}

  /** Every registered method, in order of registration. */
  public static List<OnlineMethod> all() {
    return METHODS;
  }

  /**
   * The method of that name.
   *
   * @throws IllegalArgumentException if there is none, naming the nearest and all
   */
  public static OnlineMethod named(String name) {
    return METHODS.stream().filter(method -> method.name().equals(name)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException(
            Term.unknown("algorithm", name, METHODS.stream().map(OnlineMethod::name).toList())));
  }
}
