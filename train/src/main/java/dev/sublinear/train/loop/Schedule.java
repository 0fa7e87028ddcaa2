/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import dev.sublinear.layout.Term;
import java.util.Arrays;
import java.util.List;

/**
 * How the learning rate changes over a run of T steps.
 *
 * <p>Warm-up: steps 1 to W have (t / W)^p of the rate, p = 1 (linear) or 2 (quadratic). After it, with
 * s = (t - W) / (T - W): {@code constant} 1; {@code linear} 1 - (1 - end) s; {@code cosine}
 * end + (1 - end) (1 + cos(pi s)) / 2; {@code plateau} 4^-c, where c counts the validations that were no better than
 * the best before. Cool-down: over the last C steps all this is multiplied by (T - t) / C, down to 0.
 *
 * @param kind the form after warm-up
 * @param warmup number of warm-up steps, at least 0
 * @param shape the form of the warm-up
 * @param end the fraction of the rate left at the last step of {@code linear} and {@code cosine}, in [0, 1]
 * @param cooldown number of cool-down steps, at least 0
 */
public record Schedule(Kind kind, int warmup, Shape shape, double end, int cooldown) {
  /** The form after warm-up. */
  public enum Kind {
    /** Stays. */
    CONSTANT,
    /** Falls in a straight line. */
    LINEAR,
    /** Falls along half a cosine. */
    COSINE,
    /** Is divided by 4 whenever validation does not improve. */
    PLATEAU
  }

  /** The form of the warm-up. */
  public enum Shape {
    /** (t / W). */
    LINEAR,
    /** (t / W)^2. */
    QUADRATIC
  }

  /** Checks the ranges. */
  public Schedule {
    if (warmup < 0) {
      throw new IllegalArgumentException("schedule warmup " + warmup + ": must be >= 0");
    }
    if (!(end >= 0 && end <= 1)) {
      throw new IllegalArgumentException("schedule end " + end + ": must be in [0, 1]");
    }
    if (cooldown < 0) {
      throw new IllegalArgumentException("schedule cooldown " + cooldown + ": must be >= 0");
    }
  }

  /**
   * Reads {@code KIND[:warmup=STEPS][:shape=linear|quadratic][:end=FRACTION][:cooldown=STEPS]}.
   *
   * @throws IllegalArgumentException naming what is wrong and what is legal
   */
  public static Schedule parse(String text) {
    Term term = Term.parse(text);
    List<String> legal = Arrays.stream(Kind.values()).map(Term::lower).toList();
    int kind = legal.indexOf(term.name());
    if (kind < 0) {
      throw new IllegalArgumentException(Term.unknown("schedule", term.name(), legal));
    }
    Schedule schedule = new Schedule(Kind.values()[kind],
        term.option("warmup", 0, Integer::parseInt, "a whole number of steps"), term.choice("shape", Shape.LINEAR),
        term.option("end", 0.0), term.option("cooldown", 0, Integer::parseInt, "a whole number of steps"));
    term.finish(false);
    return schedule;
  }

  /**
   * The factor of the learning rate.
   *
   * @param step from 1
   * @param steps number of steps of the run
   * @param plateaus number of validations without improvement so far
   */
  public double factor(long step, long steps, int plateaus) {
    double factor = uncooled(step, steps, plateaus);
    long left = steps - step;
    return left < cooldown ? factor * left / cooldown : factor;
  }

  private double uncooled(long step, long steps, int plateaus) {
    if (step < warmup) {
      double part = (double) step / warmup;
      return shape == Shape.LINEAR ? part : part * part;
    }
    double part = (double) (step - warmup) / Math.max(1, steps - warmup);
    return switch (kind) {
      case CONSTANT -> 1;
      case LINEAR -> 1 - (1 - end) * part;
      case COSINE -> end + (1 - end) * (1 + Math.cos(Math.PI * part)) / 2;
      case PLATEAU -> Math.pow(4, -plateaus);
    };
  }

  @Override
  public String toString() {
    return Term.lower(kind) + Term.text("warmup", warmup, 0) + Term.text("shape", shape, Shape.LINEAR)
        + Term.text("end", end, 0.0) + Term.text("cooldown", cooldown, 0);
  }
}
