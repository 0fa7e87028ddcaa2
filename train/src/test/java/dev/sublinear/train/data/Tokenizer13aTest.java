/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class Tokenizer13aTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      Hello, world!                 | Hello , world !
      I paid 1,000.50 for it.       | I paid 1,000.50 for it .
      It's a well-known "fact".     | It's a well-known " fact " .
      in 1990-95                    | in 1990 - 95
      v. 3.                         | v . 3 .
      a.b,c                         | a . b , c
      (yes)/[no]{so}                | ( yes ) / [ no ] { so }
      &quot;A &amp; B&quot; &lt;c   | " A & B " < c
      5% of $20 @ x#1               | 5 % of $ 20 @ x # 1
      ça va ?                       | ça va ?
      ...                           | . . .
      «oui»…                        | «oui»…
      """)
  void tokens_asTheRulesSay(String line, String expected) {
    assertEquals(List.of(expected.split(" ")), Tokenizer13a.tokens(line));
  }

  @Test
  void tokens_noBreakSpacesAndNothing() {
    assertEquals(List.of("va", "!"), Tokenizer13a.tokens("va\u00a0\u202f!\u3000"));
    assertEquals(List.of(), Tokenizer13a.tokens(" \t"));
  }

  @Test
  void tokens_ofTokens_areTheSame() {
    List<String> tokens = Tokenizer13a.tokens("He said: \"5.5 m, or 6-7?\" (Dr. Who's.)");
    assertEquals(tokens, Tokenizer13a.tokens(String.join(" ", tokens)));
  }
}
