/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One term of an optimizer string, {@code NAME[:ARGUMENT][:KEY=VALUE]...}, and the typed reading of its options.
 *
 * <p>Every reader remembers its key, so that {@link #finish} can refuse what nobody asked for. All errors are
 * {@link IllegalArgumentException} with one line that quotes the term, the value and what is legal. Not thread-safe.
 */
public final class Term {
  private final String text;
  private final String name;
  private @Nullable String argument;
  private final Map<String, String> options = new LinkedHashMap<>();
  private final Set<String> known = new TreeSet<>();

  private Term(String text, String name) {
    this.text = text;
    this.name = name;
  }

  /**
   * Splits a term at its colons.
   *
   * @throws IllegalArgumentException for an empty part, two arguments or a repeated key
   */
  public static Term parse(String text) {
    String[] parts = text.split(":", -1);
    Term term = new Term(text, parts[0]);
    for (String part : Arrays.asList(parts).subList(1, parts.length)) {
      int equals = part.indexOf('=');
      if (part.isEmpty() || equals == 0) {
        throw new IllegalArgumentException("'" + text + "': an empty part; write NAME[:ARGUMENT][:KEY=VALUE]...");
      }
      if (equals > 0) {
        if (term.options.put(part.substring(0, equals), part.substring(equals + 1)) != null) {
          throw new IllegalArgumentException("'" + text + "': " + part.substring(0, equals) + " is given twice");
        }
      } else if (term.argument == null && term.options.isEmpty()) {
        term.argument = part;
      } else {
        throw new IllegalArgumentException("'" + text + "': '" + part + "' is not KEY=VALUE");
      }
    }
    return term;
  }

  /** The name in front of the first colon. */
  public String name() {
    return name;
  }

  /**
   * The argument as a number.
   *
   * @param what its name in the error message
   */
  public double number(String what) {
    if (argument == null) {
      throw new IllegalArgumentException("'" + text + "': " + what + " is missing, for example " + name + ":0.2");
    }
    try {
      return Double.parseDouble(argument);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "': " + what + " '" + argument + "' is not a number", e);
    }
  }

  /** An option read by {@code reader}, or {@code fallback} if it is not given. */
  public <T extends @Nullable Object> T option(String key, T fallback, Function<String, T> reader, String legal) {
    known.add(key);
    String value = options.get(key);
    if (value == null) {
      return fallback;
    }
    try {
      return reader.apply(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "': " + key + "=" + value + ": must be " + legal, e);
    }
  }

  /** An option that is {@code true} or {@code false}, or {@code fallback}. */
  public boolean flag(String key, boolean fallback) {
    return option(key, fallback, value -> {
      if (value.equals("true") || value.equals("false")) {
        return value.equals("true");
      }
      throw new NumberFormatException(value);
    }, "true or false");
  }

  /** A number option, or {@code fallback}. */
  public double option(String key, double fallback) {
    return option(key, fallback, Double::parseDouble, "a number");
  }

  /** An option with the constants of an enum, in lower case, as legal values. */
  public <E extends Enum<E>> E choice(String key, E fallback) {
    E[] constants = fallback.getDeclaringClass().getEnumConstants();
    String legal = Arrays.stream(constants).map(Term::lower).collect(Collectors.joining(" or "));
    return option(key, fallback, value -> {
      for (E constant : constants) {
        if (lower(constant).equals(value)) {
          return constant;
        }
      }
      throw new NumberFormatException(value);
    }, legal);
  }

  /**
   * Refuses an argument or option that was not read.
   *
   * @param takesArgument whether the name takes an argument
   */
  public void finish(boolean takesArgument) {
    if (argument != null && !takesArgument) {
      throw new IllegalArgumentException("'" + text + "': " + name + " takes no argument, got '" + argument + "'");
    }
    for (String key : options.keySet()) {
      if (!known.contains(key)) {
        throw new IllegalArgumentException(known.isEmpty()
            ? "'" + text + "': " + name + " has no options, got '" + key + "'"
            : "'" + text + "': " + unknown("option", key, known));
      }
    }
  }

  /** The message for an unknown name: the nearest legal one first, then all. */
  public static String unknown(String what, String name, Collection<String> legal) {
    String nearest = "";
    int best = Math.max(2, name.length() / 2) + 1;
    for (String candidate : legal) {
      int distance = distance(name, candidate);
      if (distance < best) {
        best = distance;
        nearest = candidate;
      }
    }
    return "unknown " + what + " '" + name + "'" + (nearest.isEmpty() ? "" : ": did you mean '" + nearest + "'?")
        + " (legal: " + String.join(", ", legal) + ")";
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, j -> j);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replace, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }

  /** An enum constant as it stands in an optimizer string. */
  public static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The text {@code :key=value}, or nothing if the value is the default. */
  public static String text(String key, Object value, Object fallback) {
    if (value.equals(fallback)) {
      return "";
    }
    return ":" + key + "=" + switch (value) {
      case Double number -> plain(number);
      case Enum<?> constant -> lower(constant);
      default -> value;
    };
  }

  /** A number as short as it can be read back. */
  public static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : Double.toString(value);
  }
}
