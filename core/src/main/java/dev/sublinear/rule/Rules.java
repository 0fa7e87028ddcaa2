/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

import dev.sublinear.layout.Term;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The registered rules: one line each, and every contract suite, option parser and plan knows it. */
public final class Rules {
  private static final Map<String, Function<Term, UpdateRule>> READERS = new LinkedHashMap<>();

  static {
    READERS.put("sgd", term -> new Sgd());
    READERS.put("momentum", Momentum::read);
    READERS.put("adagrad", Adagrad::read);
    READERS.put("rmsprop", RmsProp::read);
    READERS.put("adam", Adam::read);
    READERS.put("adamw", AdamW::read);
    READERS.put("amsgrad", AmsGrad::read);
    READERS.put("adafactor", Adafactor::read);
    READERS.put("sm3", Sm3::read);
  }

  private Rules() {}

  /** Every registered rule with its default hyper-parameters, in order of registration. */
  public static Collection<UpdateRule> all() {
    return names().stream().map(Rules::parse).toList();
  }

  /** The names of all registered rules, in order of registration. */
  public static Collection<String> names() {
    return Collections.unmodifiableSet(READERS.keySet());
  }

  /**
   * Reads a rule, for example {@code adam:beta2=0.99:correction=row}.
   *
   * @throws IllegalArgumentException naming what is wrong and what is legal
   */
  public static UpdateRule parse(String text) {
    Term term = Term.parse(text);
    Function<Term, UpdateRule> reader = READERS.get(term.name());
    if (reader == null && MatrixRules.names().contains(term.name())) {
      throw new IllegalArgumentException(term.name() + " steps whole tensors with dense gradients, not tables by their"
          + " rows: it can be the --dense-optimizer (legal here: " + String.join(", ", names()) + ")");
    }
    if (reader == null) {
      throw new IllegalArgumentException(Term.unknown("optimizer", term.name(), names()));
    }
    UpdateRule rule = reader.apply(term);
    term.finish(false);
    return rule;
  }

  static void checkDecay(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " " + value + ": must be in [0, 1)");
    }
  }

  static void checkEpsilon(double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("eps " + value + ": must be >= 0");
    }
  }

  /** Refuses every slot but the one that can go without memory. */
  static void checkSlot(UpdateRule rule, String slot, String legal) {
    if (!slot.equals(legal)) {
      throw new IllegalArgumentException(rule.name() + " has no signed slot " + slot + ": only " + legal);
    }
  }
}
