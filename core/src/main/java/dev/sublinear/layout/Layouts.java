/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The registered layouts: one line each, and every contract suite, option parser and plan knows it. */
public final class Layouts {
  private record Entry(StateLayout usual, Function<Term, StateLayout> reader) {}

  private static final Map<String, Entry> ENTRIES = new LinkedHashMap<>();

  static {
    register("dense", term -> new Dense());
    register("bf16", term -> new Bf16());
    register("row-wise", term -> new RowWise());
    register("count-sketch:0.2", CountSketch::read);
    register("count-min:0.2", CountMin::read);
    register("rank-one", term -> new RankOne(term.flag("force", false)));
    register("rank-one-svd", term -> new RankOneSvd());
    register("sm3", term -> new Sm3Cover(term.choice("variant", Sm3Cover.Variant.II)));
    register("none", term -> new None());
  }

  private Layouts() {}

  private static void register(String usual, Function<Term, StateLayout> reader) {
    Term term = Term.parse(usual);
    ENTRIES.put(term.name(), new Entry(reader.apply(term), reader));
  }

  /** One instance of every registered layout with its usual options, in order of registration. */
  public static Collection<StateLayout> all() {
    return ENTRIES.values().stream().map(Entry::usual).toList();
  }

  /**
   * Reads a layout, for example {@code count-min:0.2:depth=3:clean=125x0.2}.
   *
   * @throws IllegalArgumentException naming what is wrong and what is legal
   */
  public static StateLayout parse(String text) {
    Term term = Term.parse(text);
    Entry entry = ENTRIES.get(term.name());
    if (entry == null) {
      throw new IllegalArgumentException(Term.unknown("layout", term.name(), ENTRIES.keySet()));
    }
    StateLayout layout = entry.reader.apply(term);
    term.finish(entry.usual.toString().contains(":"));
    return layout;
  }
}
