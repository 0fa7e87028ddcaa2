/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.rule;

import dev.sublinear.layout.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * The matrix rules of this JVM: those that module {@code matrix} and others offer as services.
 *
 * <p>Without that module there are none, and {@link #absence} says why. Thread-safe.
 */
public final class MatrixRules {
  private record Found(List<MatrixRule> rules, @Nullable String absence) {}

  private static final Found FOUND = find();

  private MatrixRules() {}

  private static Found find() {
    List<MatrixRule> rules = new ArrayList<>();
    try {
      ServiceLoader.load(MatrixRule.class, MatrixRule.class.getClassLoader()).forEach(rules::add);
    } catch (ServiceConfigurationError | LinkageError e) {
      return new Found(List.of(), "module matrix cannot be loaded (" + e + ")");
    }
    return new Found(List.copyOf(rules), rules.isEmpty() ? "module matrix is not on the path" : null);
  }

  /** Every rule with its default hyper-parameters. */
  public static List<MatrixRule> all() {
    return FOUND.rules;
  }

  /** The names of all rules. */
  public static List<String> names() {
    return FOUND.rules.stream().map(MatrixRule::name).toList();
  }

  /** Why there are no matrix rules; {@code null} if there are some. */
  public static @Nullable String absence() {
    return FOUND.absence;
  }

  /**
   * Reads a rule, for example {@code s-shampoo:rank=64}.
   *
   * @throws IllegalArgumentException naming what is wrong and what is legal
   */
  public static MatrixRule parse(String text) {
    Term term = Term.parse(text);
    MatrixRule defaults = FOUND.rules.stream().filter(rule -> rule.name().equals(term.name())).findFirst()
        .orElseThrow(() -> new IllegalArgumentException(Term.unknown("matrix rule", term.name(), names())
            + (FOUND.absence == null ? "" : "; " + FOUND.absence)));
    MatrixRule rule = defaults.read(term);
    term.finish(false);
    return rule;
  }
}
