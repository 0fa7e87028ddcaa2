/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TermTest {
  @Test
  void parse_nameArgumentOptions_areRead() {
    Term term = Term.parse("count-min:0.5:depth=7:decay=global");
    assertEquals("count-min", term.name());
    assertEquals(0.5, term.number("the ratio"));
    assertEquals(7, term.option("depth", 3, Integer::parseInt, "a whole number"));
    assertEquals(SketchOptions.Decay.GLOBAL, term.choice("decay", SketchOptions.Decay.TOUCHED));
    assertEquals(2.5, term.option("absent", 2.5));
    term.finish(true);
  }

  @Test
  void finish_unreadOption_isRefused() {
    Term term = Term.parse("x:a=1");
    Exception e = assertThrows(IllegalArgumentException.class, () -> term.finish(false));
    assertTrue(e.getMessage().contains("'x:a=1'") && e.getMessage().contains("'a'"), e.getMessage());
    term.option("a", 0.0);
    term.finish(false);
  }

  @Test
  void parse_valueWithEqualsSign_belongsToTheValue() {
    Term term = Term.parse("x:a=b=c");
    assertEquals("b=c", term.option("a", "", value -> value, "text"));
  }

  @Test
  void unknown_nearName_isSuggestedFirst() {
    List<String> legal = List.of("count-sketch", "count-min", "dense");
    assertTrue(Term.unknown("layout", "count-mn", legal).contains("did you mean 'count-min'?"));
    assertTrue(Term.unknown("layout", "dens", legal).contains("did you mean 'dense'?"));
    assertFalse(Term.unknown("layout", "zzzzzzzzzz", legal).contains("did you mean"));
    assertTrue(Term.unknown("layout", "zzzzzzzzzz", legal).contains("count-sketch, count-min, dense"));
    assertFalse(Term.unknown("layout", "", legal).contains("did you mean"));
  }

  @Test
  void plain_anyNumber_readsBackAndIsShort() {
    for (double value : new double[] {0, 1, 0.2, 1e-8, 1e-300, 0.1 + 0.2, 123456789, 1e15, 1e16, 1e300,
      Double.MIN_VALUE}) {
      assertEquals(value, Double.parseDouble(Term.plain(value)));
    }
    assertEquals("3", Term.plain(3));
    assertEquals("0.2", Term.plain(0.2));
  }
}
