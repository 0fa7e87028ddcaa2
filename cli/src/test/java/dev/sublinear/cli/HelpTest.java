/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.layout.Layouts;
import dev.sublinear.rule.MatrixRules;
import dev.sublinear.rule.Rules;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The help texts. */
final class HelpTest {
  private static String help(String command) {
    Typed typed = Typed.sublinear((command + " --help").strip().split(" ")).ok();
    assertEquals("", typed.err());
    return typed.out();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "train", "train lm", "train image", "compare", "compare lm", "plan", "bench", "oco",
    "reproduce"})
  void everyLevel_hasExamplesAndFitsTheTerminal(String command) {
    String text = help(command);
    assertTrue(text.contains("Usage: ./sublinear") && text.contains("Examples:\n  ./sublinear "), text);
    text.lines().forEach(line -> assertTrue(line.length() <= 100, line));
  }

  @ParameterizedTest
  @ValueSource(strings = {"train lm", "train image", "compare lm", "plan"})
  void commandsWithOptimizers_listEveryRuleAndLayout(String command) {
    String text = help(command);
    Rules.all().forEach(rule -> assertTrue(text.contains("\n  " + rule.name() + " "), rule.name()));
    List<String> names = MatrixRules.names();
    assertEquals(List.of("shampoo", "s-shampoo"), names);
    names.forEach(name -> assertTrue(text.contains("\n  " + name + " (default --dense-lr "), name));
    Layouts.all().forEach(layout -> assertTrue(text.contains("\n  " + layout + " "), layout.name()));
  }

  @Test
  void defaults_areShown() {
    String text = help("train lm").replaceAll("\\s+", "");
    for (String value : new String[] {"wordnet", "32", "linear:end=0.1", LmArguments.OPTIMIZER.replace(" ", "")}) {
      assertTrue(text.contains("Default:" + value + "."), value);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "train lm --version"})
  void version_isShownAtEveryLevel(String command) {
    assertTrue(Typed.sublinear(command.split(" ")).ok().out().matches("sublinear [0-9].*\\R"));
  }
}
