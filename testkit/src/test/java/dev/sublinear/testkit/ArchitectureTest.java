/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.sublinear.kernel.Kernels;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the packages of core may know of each other and of the JDK. */
final class ArchitectureTest {
  private static final List<String> PACKAGES = List.of("gradient", "kernel", "layout", "rule", "step", "checkpoint");

  /** From the class files of core alone: testkit's packages begin with dev.sublinear too. */
  private static final JavaClasses CORE = new ClassFileImporter().importUrl(
      Kernels.class.getProtectionDomain().getCodeSource().getLocation());

  @Test
  void core_hasThePackagesOfTheDesign() {
    Set<String> found = CORE.stream().map(JavaClass::getPackageName).filter(name -> !name.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(PACKAGES.stream().map(name -> "dev.sublinear." + name).collect(Collectors.toCollection(TreeSet::new)),
        found);
    assertFalse(CORE.isEmpty());
  }

  @Test
  void packages_dependOnlyOnThoseBefore() {
    for (int i = 0; i < PACKAGES.size(); i++) {
      String[] later = PACKAGES.subList(i + 1, PACKAGES.size()).stream().map(name -> "dev.sublinear." + name + "..")
          .toArray(String[]::new);
      if (later.length > 0) {
        noClasses().that().resideInAPackage("dev.sublinear." + PACKAGES.get(i) + "..").should()
            .dependOnClassesThat().resideInAnyPackage(later).because("data flows " + String.join(" -> ", PACKAGES))
            .check(CORE);
      }
    }
  }

  @Test
  void core_dependsOnTheJdkAlone() {
    classes().should().onlyDependOnClassesThat()
        .resideInAnyPackage("dev.sublinear..", "java..", "org.jspecify.annotations").check(CORE);
    noClasses().should().dependOnClassesThat().resideInAPackage("jdk.incubator..")
        .because("only module simd knows the incubator").check(CORE);
  }

  @Test
  void core_callsNothingForbidden() {
    forbid("Math.fma", "scalar and vector code must round alike", target -> target.getName().equals("fma"));
    forbid("Math.random", "randomness is a function of (seed, stream, step, index)",
        target -> target.getName().equals("random") && owner(target).equals("java.lang.Math"));
    forbid("unseeded shuffle", "it shuffles by a generator of its own",
        target -> target.getName().equals("shuffle") && owner(target).equals("java.util.Collections"));
    forbid("the default charset", "text is UTF-8",
        target -> (target.getName().equals("getBytes") && parameters(target).isEmpty())
            || (target.getName().equals("<init>") && owner(target).equals("java.lang.String")
                && parameters(target).equals(List.of("byte[]")))
            || target.getName().equals("defaultCharset"));
    forbid("the default locale", "text is the same everywhere",
        target -> (Set.of("toLowerCase", "toUpperCase").contains(target.getName()) && parameters(target).isEmpty())
            || (Set.of("format", "formatted").contains(target.getName()) && owner(target).equals("java.lang.String")
                && !parameters(target).contains("java.util.Locale")));
    forbid("the common pool", "a library does not take threads it did not start",
        target -> Set.of("parallelStream", "parallel", "commonPool").contains(target.getName()));
    forbid("Math.pow and friends", "their last bit differs between machines; use StrictMath",
        target -> owner(target).equals("java.lang.Math")
            && Set.of("pow", "exp", "log", "log1p", "sin", "cos", "tanh").contains(target.getName()));
  }

  private static void forbid(String what, String reason, java.util.function.Predicate<AccessTarget> target) {
    noClasses().should().accessTargetWhere(DescribedPredicate.describe(what, access -> target.test(access.getTarget())))
        .because(reason).check(CORE);
  }

  private static String owner(AccessTarget target) {
    return target.getOwner().getName();
  }

  private static List<String> parameters(AccessTarget target) {
    return target instanceof AccessTarget.CodeUnitAccessTarget code
        ? code.getRawParameterTypes().stream().map(JavaClass::getName).map(name -> name.equals("[B") ? "byte[]" : name)
            .toList()
        : List.of("no code");
  }

  @Test
  void core_usesNoOtherRandomnessAndNoSerialization() {
    noClasses().should().dependOnClassesThat()
        .haveNameMatching("java\\.util\\.(Random|SplittableRandom|concurrent\\.ThreadLocalRandom|random\\..*)")
        .because("randomness is a function of (seed, stream, step, index)").check(CORE);
    noClasses().should().dependOnClassesThat()
        .haveNameMatching("java\\.io\\.(ObjectInputStream|ObjectOutputStream|Serializable|Externalizable)")
        .because("Java serialization is no file format").check(CORE.that(DescribedPredicate.describe("hand-written",
            type -> !type.isEnum() && !type.isRecord() && !type.isAnonymousClass())));
  }

  /** STYLE 4: no class to inherit from, so variants share by static method or kernel. */
  @Test
  void classes_arePackagePrivateOrFinal() {
    classes().that().areNotInterfaces().and().arePublic().should().haveModifier(JavaModifier.FINAL).check(CORE);
    noClasses().that().areNotInterfaces().and(DescribedPredicate.describe("not enums", type -> !type.isEnum())).should()
        .haveModifier(JavaModifier.ABSTRACT).check(CORE);
  }
}
