/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.sublinear.matrix.linear.LinearAlgebra;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the packages of this module may know of each other and of native code. */
final class ArchitectureTest {
  private static final List<String> PACKAGES = List.of("linear", "sketch", "online", "shampoo");
  private static final JavaClasses MATRIX = new ClassFileImporter().importUrl(
      LinearAlgebra.class.getProtectionDomain().getCodeSource().getLocation());

  @Test
  void packages_dependOnlyOnThoseBefore() {
    for (int i = 0; i + 1 < PACKAGES.size(); i++) {
      String[] later = PACKAGES.subList(i + 1, PACKAGES.size()).stream()
          .map(name -> "dev.sublinear.matrix." + name + "..").toArray(String[]::new);
      noClasses().that().resideInAPackage("dev.sublinear.matrix." + PACKAGES.get(i) + "..").should()
          .dependOnClassesThat().resideInAnyPackage(later).because("data flows " + String.join(" -> ", PACKAGES))
          .allowEmptyShould(true).check(MATRIX);
    }
  }

  @Test
  void nativeCode_isCalledByOnePackage() {
    noClasses().that().resideOutsideOfPackage("dev.sublinear.matrix.linear").should().dependOnClassesThat()
        .haveNameMatching("org\\.bytedeco\\..*|java\\.lang\\.foreign\\.(Linker|SymbolLookup)")
        .because("linear algebra is behind one interface").check(MATRIX);
  }

  @Test
  void classes_arePackagePrivateOrFinal() {
    classes().that().areNotInterfaces().and().arePublic().should().haveModifier(JavaModifier.FINAL).check(MATRIX);
  }
}
