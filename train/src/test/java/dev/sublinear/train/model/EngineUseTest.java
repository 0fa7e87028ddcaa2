/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import ai.djl.ndarray.NDArray;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the models may not ask of the engine. */
final class EngineUseTest {
  private static final JavaClasses TRAIN = new ClassFileImporter().importUrl(
      LanguageModel.class.getProtectionDomain().getCodeSource().getLocation());

  /** Operations whose backward pass reads their second operand. */
  private static final Set<String> REMEMBERING = Set.of("mul", "muli", "div", "divi", "pow", "powi");

  /**
   * DJL makes a tensor of the number over memory that only a Java object keeps, closes that at once, and the engine
   * reads the memory in the backward pass: whatever the garbage collector has made of it by then.
   */
  @Test
  void noTensor_isMultipliedOrDividedByAJavaNumber() {
    noClasses().should().callMethodWhere(new DescribedPredicate<JavaMethodCall>("a remembered Java number") {
      @Override
      public boolean test(JavaMethodCall call) {
        AccessTarget.MethodCallTarget target = call.getTarget();
        return target.getOwner().isEquivalentTo(NDArray.class) && REMEMBERING.contains(target.getName())
            && target.getRawParameterTypes().size() == 1
            && target.getRawParameterTypes().getFirst().isEquivalentTo(Number.class);
      }
    }).because("the backward pass would read freed memory: make the tensor with the step's manager").check(TRAIN);
  }
}
