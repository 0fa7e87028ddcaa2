/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sublinear.rule.MatrixRules;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The parser of both kinds of rules, here where module matrix is not on the path. */
final class StepSpecTest {
  @Test
  void parse_rowRule_isAnOptimizerSpec() {
    assertEquals(OptimizerSpec.parse("adam v=row-wise"), StepSpec.parse("adam v=row-wise"));
    assertEquals(OptimizerSpec.parse("sgd"), StepSpec.parse(" sgd "));
  }

  @Test
  void parse_matrixRuleWithoutItsModule_saysWhatIsMissing() {
    assertEquals(List.of(), MatrixRules.all());
    String message = assertThrows(IllegalArgumentException.class, () -> StepSpec.parse("shampoo:block=9")).getMessage();
    assertEquals("unknown optimizer 'shampoo' (legal: sgd, momentum, adagrad, rmsprop, adam, adamw, amsgrad, adafactor,"
        + " sm3); no rules of whole tensors: module matrix is not on the path", message);
  }

  @Test
  void parse_nothing_isRefused() {
    assertEquals("empty optimizer: write NAME [SLOT=LAYOUT,...], for example adam v=row-wise",
        assertThrows(IllegalArgumentException.class, () -> StepSpec.parse("  ")).getMessage());
  }
}
