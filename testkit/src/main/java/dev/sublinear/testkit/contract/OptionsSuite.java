/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sublinear.layout.Layouts;
import dev.sublinear.layout.Slot;
import dev.sublinear.layout.StateLayout;
import dev.sublinear.rule.Rules;
import dev.sublinear.rule.UpdateRule;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.testkit.Combinations;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Optimizer strings: what is written can be read, and what cannot be read is explained. */
public class OptionsSuite {
  private static final List<String> TEXTS = List.of(
      "momentum:mu=0.5 m=dense",
      "momentum:nesterov=true m=count-sketch:0.1:depth=5",
      "momentum m=count-sketch:0.2:depth=1:decay=global",
      "momentum m=count-sketch:0.2:depth=7:cells=bf16",
      "momentum m=rank-one:force=true",
      "adam m=rank-one-svd,v=rank-one",
      "adagrad:eps=0 v=count-min:0.01:depth=2:clean=125x0.5",
      "rmsprop:alpha=0.95:eps=1.0E-12 v=count-min:1.5E-5",
      "adam:beta1=0:beta2=0.99:eps=1.0E-4:correction=row m=none,v=count-min:0.2:depth=5:decay=global:cells=bf16:clean=1x0.0",
      "adam m=count-sketch:0.2:decay=queried,v=count-min:0.2:depth=2:decay=queried:cells=bf16",
      "adam m=count-sketch:0.2:folds=1,v=count-min:0.2:clean=125x0.5:folds=30",
      "adam m=dense,v=count-min:0.2:axis=columns",
      "adamw:beta1=0.5:decay=0 m=bf16,v=row-wise",
      "adam m=int8,v=int8",
      "adafactor m=none,v=rank-one",
      "adafactor m=none,v=sm3:variant=i",
      "adafactor:beta1=0.5:clip=Infinity:relative=false:scale=false m=bf16,v=dense",
      "adamw:decay=12.5 m=dense,v=dense",
      "sm3 m=dense,v=sm3",
      "sm3:beta1=0.5:eps=1.0E-8 m=none,v=sm3:variant=i",
      "amsgrad:correction=row m=bf16,v=count-min:3,vmax=bf16");

  /** One test per combination: the text of a configuration reads back as the same configuration. */
  @TestFactory
  public Stream<DynamicTest> parse_ofToString_isEqual() {
    return Combinations.withOptions().stream().map(spec -> dynamicTest(spec.toString(), () -> {
      OptimizerSpec again = OptimizerSpec.parse(spec.toString());
      assertEquals(spec, again);
      assertEquals(spec.hashCode(), again.hashCode());
      assertEquals(spec, OptimizerSpec.parse("  " + spec.toString().replace(" ", "   ").replace(",", " ,  ") + " "));
    }));
  }

  /** Texts in their shortest form come back letter for letter. */
  @TestFactory
  public Stream<DynamicTest> toString_ofShortestText_isTheText() {
    return TEXTS.stream()
        .map(text -> dynamicTest(text, () -> assertEquals(text, OptimizerSpec.parse(text).toString())));
  }

  /** Slots that are not named have the rule's default layout, and overriding them one by one gives the whole. */
  @TestFactory
  public Stream<DynamicTest> withState_slotBySlot_isTheWhole() {
    return Combinations.legal().stream().filter(spec -> !spec.layouts().isEmpty())
        .map(spec -> dynamicTest(spec.toString(), () -> {
          OptimizerSpec built = OptimizerSpec.parse(spec.rule().toString());
          assertEquals(OptimizerSpec.defaults(spec.rule()), built);
          for (String assignment : spec.state().split(",")) {
            built = built.withState(assignment);
          }
          assertEquals(spec, built);
        }));
  }

  /** One test per rule and layout: a pair is either listed as legal or refused with the reason and what is legal. */
  @TestFactory
  public Stream<DynamicTest> parse_everyPairOfSlotAndLayout_isLegalOrExplained() {
    return Rules.all().stream().flatMap(rule -> rule.slots().stream().flatMap(slot -> Layouts.all().stream()
        .map(layout -> dynamicTest(rule.name() + " " + slot.name() + "=" + layout,
            () -> checkPair(rule, slot, layout)))));
  }

  private static void checkPair(UpdateRule rule, Slot slot, StateLayout layout) {
    String text = rule.name() + " " + slot.name() + "=" + layout;
    String refusal = layout.refusal(slot);
    String reason =
        refusal == null && rule.isMeasured() && !layout.isKnownInStep() ? "goes over the rows twice" : refusal;
    if (reason == null) {
      assertTrue(OptimizerSpec.legal(rule).contains(OptimizerSpec.parse(text)));
      return;
    }
    String message = assertThrows(IllegalArgumentException.class, () -> OptimizerSpec.parse(text)).getMessage();
    assertTrue(message.contains(reason) && message.contains(slot.name() + "=" + layout), message);
    assertTrue(message.contains("dense"), message);
  }

  /** A bad text is refused with one line that quotes the value and shows what is legal. */
  @TestFactory
  public Stream<DynamicTest> parse_badText_isRefusedWithValueAndRemedy() {
    List<DynamicTest> tests = new ArrayList<>();
    refuse(tests, "", "empty", "adam v=row-wise");
    refuse(tests, "   ", "empty", "adam v=row-wise");
    refuse(tests, "adm", "'adm'", "did you mean 'adam'?", "amsgrad");
    refuse(tests, "Adam", "'Adam'", "did you mean 'adam'?");
    refuse(tests, "adagrd", "'adagrd'", "did you mean 'adagrad'?");
    refuse(tests, "lion9000", "'lion9000'", "legal: sgd, momentum");
    refuse(tests, "adam v=rowwise", "'rowwise'", "did you mean 'row-wise'?");
    refuse(tests, "adam m=countsketch:0.2", "'countsketch'", "did you mean 'count-sketch'?");
    refuse(tests, "adam w=dense", "'w'", "legal: m, v");
    refuse(tests, "adam m", "'m'", "SLOT=LAYOUT", "m, v");
    refuse(tests, "adam m=", "''", "legal: dense");
    refuse(tests, "adam =dense", "'=dense'", "SLOT=LAYOUT");
    refuse(tests, "adam m=dense,", "''", "SLOT=LAYOUT");
    refuse(tests, "adam m=dense,m=bf16", "'m' is given twice");
    refuse(tests, "adam m=dense v=dense", "dense v=dense", "legal");
    refuse(tests, "sgd m=dense", "sgd has no slots", "'m'");
    refuse(tests, "sgd:lr=1", "sgd has no options", "'lr'");
    refuse(tests, "adam:0.9", "takes no argument", "'0.9'");
    refuse(tests, "adam:beta3=1", "'beta3'", "did you mean 'beta1'?");
    refuse(tests, "adam:beta1=x", "beta1=x", "a number");
    refuse(tests, "adam:beta1=1", "beta1 1.0", "[0, 1)");
    refuse(tests, "adam:beta2=-0.1", "beta2 -0.1", "[0, 1)");
    refuse(tests, "adam:beta2=NaN", "NaN", "[0, 1)");
    refuse(tests, "adam:eps=-1e-8", "eps -1.0E-8", ">= 0");
    refuse(tests, "adam:eps=Infinity", "Infinity", ">= 0");
    refuse(tests, "adam:correction=tow", "correction=tow", "step or row");
    refuse(tests, "adam:correction=ROW", "correction=ROW", "step or row");
    refuse(tests, "adam:beta1=0.5:beta1=0.6", "beta1 is given twice");
    refuse(tests, "adam:", "empty part", "KEY=VALUE");
    refuse(tests, "adam:=3", "empty part", "KEY=VALUE");
    refuse(tests, "adamw:decay=-1", "-1.0", ">= 0");
    refuse(tests, "adafactor:clip=0", "clip 0.0", "above 0");
    refuse(tests, "adafactor:clip=NaN", "clip NaN", "above 0");
    refuse(tests, "adafactor:beta1=1", "beta1 1.0", "[0, 1)");
    refuse(tests, "adafactor:relative=0", "relative=0", "true or false");
    refuse(tests, "adafactor m=rank-one-svd", "made of updates", "legal: dense, bf16, int8, count-sketch, none)");
    refuse(tests, "adafactor v=sm3", "adafactor goes over the rows twice", "what sm3 estimates", "legal: dense");
    refuse(tests, "adafactor m=sm3", "moment with a sign", "legal: dense");
    refuse(tests, "adafactor m=rank-one:force=true", "made of updates", "int8");
    refuse(tests, "adam m=int8:scale=column", "int8 has no options", "'scale'");
    refuse(tests, "momentum:mu=1.5", "mu 1.5", "[0, 1)");
    refuse(tests, "momentum:nesterov=yes", "nesterov=yes", "true or false");
    refuse(tests, "rmsprop:alpha=2", "alpha 2.0", "[0, 1)");
    refuse(tests, "adam m=none:0.2", "none takes no argument", "'0.2'");
    refuse(tests, "adam m=dense:depth=3", "dense has no options", "'depth'");
    refuse(tests, "adam m=count-sketch", "count-sketch:0.2", "missing");
    refuse(tests, "adam m=count-sketch:x", "'x'", "number");
    refuse(tests, "adam m=count-sketch:0", "ratio 0.0", "0.2");
    refuse(tests, "adam m=count-sketch:-1", "ratio -1.0", "0.2");
    refuse(tests, "adam m=count-sketch:NaN", "ratio NaN", "0.2");
    refuse(tests, "adam m=count-sketch:Infinity", "ratio Infinity", "0.2");
    refuse(tests, "adam m=count-sketch:0.2:0.3", "'0.3'", "KEY=VALUE");
    refuse(tests, "adam m=count-sketch:0.2:depth=2", "depth 2", "odd (1, 3, 5 or 7)");
    refuse(tests, "adam m=count-sketch:0.2:depth=9", "depth 9", "[1, 7]");
    refuse(tests, "adam m=count-sketch:0.2:depth=0", "depth 0", "[1, 7]");
    refuse(tests, "adam m=count-sketch:0.2:depth=three", "depth=three", "a whole number");
    refuse(tests, "adam m=count-sketch:0.2:dept=3", "'dept'", "did you mean 'depth'?");
    refuse(tests, "adam v=count-min:0.2:decay=lazy", "decay=lazy", "touched or queried or global");
    refuse(tests, "adam v=count-min:0.2:cells=fp16", "cells=fp16", "f32 or bf16");
    refuse(tests, "adam v=count-min:0.2:clean=125", "clean=125", "125x0.2");
    refuse(tests, "adam v=count-min:0.2:clean=0x0.5", "clean every 0 steps", ">= 1");
    refuse(tests, "adam v=count-min:0.2:clean=10x1.5", "clean by 1.5", "[0, 1]");
    refuse(tests, "adam v=count-min:0.2:clean=10xNaN", "clean by NaN", "[0, 1]");
    refuse(tests, "adam m=rank-one", "use rank-one-svd", "dense");
    refuse(tests, "adam v=rank-one:force=true", "force=true", "leave it out", "legal: dense");
    refuse(tests, "adam m=rank-one:force=yes", "force=yes", "true or false");
    refuse(tests, "adam v=rank-one:0.2", "rank-one takes no argument", "'0.2'");
    refuse(tests, "adam v=rank-one-svd:force=true", "rank-one-svd has no options", "'force'");
    refuse(tests, "amsgrad vmax=rank-one", "legal: dense, bf16, int8)");
    refuse(tests, "amsgrad vmax=rank-one-svd", "legal: dense, bf16, int8)");
    refuse(tests, "adam:correction=gap m=rank-one-svd", "every row has its own", "count-sketch, none)");
    refuse(tests, "adam:correction=gap m=rank-one:force=true", "every row has its own", "count-sketch, none)");
    refuse(tests, "adam v=count-min:0.2:folds=-1", "folds -1", "[0, 30]");
    refuse(tests, "adam v=count-min:0.2:folds=31", "folds 31", "[0, 30]");
    refuse(tests, "adam v=count-min:0.2:axis=both", "axis=both", "rows or columns");
    refuse(tests, "adam v=count-min:0.2:axis=columns:depth=3", "depth 3", "must be 1");
    refuse(tests, "adam v=count-min:0.2:axis=columns:depth=one", "depth=one", "must be 1");
    refuse(tests, "adam v=count-min:axis=columns", "the ratio is missing");
    refuse(tests, "adam v=count-min:0:axis=columns", "ratio 0.0", "0.2");
    refuse(tests, "adam v=count-min:0.2:axis=columns:clean=125x0.2", "'clean'", "legal: axis, depth");
    refuse(tests, "adam m=count-min:0.2:axis=columns", "count-sketch with axis=rows", "dense");
    refuse(tests, "adam m=count-sketch:0.2:axis=columns", "axis=columns", "use axis=rows");
    refuse(tests, "adam m=sm3", "moment with a sign", "legal: dense");
    refuse(tests, "adam v=sm3:variant=iii", "variant=iii", "i or ii");
    refuse(tests, "adam v=sm3:0.2", "sm3 takes no argument", "'0.2'");
    refuse(tests, "amsgrad vmax=sm3", "legal: dense, bf16, int8)");
    refuse(tests, "sm3 m=rank-one-svd", "it takes in the whole gradient before the first row", "count-sketch, none)");
    refuse(tests, "sm3:beta1=1", "beta1 1.0", "[0, 1)");
    refuse(tests, "sm3:eps=-1", "eps -1.0", ">= 0");
    refuse(tests, "adam m=row-wise", "m=row-wise", "count-sketch");
    refuse(tests, "adam m=count-min:0.2", "use count-sketch", "dense");
    refuse(tests, "adam v=count-sketch:0.2", "use count-min", "dense");
    refuse(tests, "adam v=none", "v=none", "legal: dense");
    refuse(tests, "amsgrad vmax=count-min:0.2", "vmax=count-min", "legal: dense, bf16");
    return tests.stream();
  }

  private static void refuse(List<DynamicTest> tests, String text, String... parts) {
    tests.add(dynamicTest("'" + text + "'", () -> {
      String message = assertThrows(IllegalArgumentException.class, () -> OptimizerSpec.parse(text)).getMessage();
      assertNotNull(message);
      assertFalse(message.contains("\n"), message);
      for (String part : parts) {
        assertTrue(message.contains(part), () -> "\"" + message + "\" does not say \"" + part + "\"");
      }
    }));
  }

  /** A sketch too small for its table is refused, and the ratio that the message offers is legal. */
  @TestFactory
  public Stream<DynamicTest> bytes_sketchWithoutBuckets_offersARatioThatWorks() {
    return Stream.of(1, 2, 3, 5, 7).map(depth -> dynamicTest("depth " + depth, () -> {
      for (long rows = 1; rows <= 3000; rows++) {
        long n = rows;
        StateLayout tiny = Layouts.parse("count-min:1.0E-9:depth=" + depth);
        String message = assertThrows(IllegalArgumentException.class, () -> tiny.bytes(n, 4)).getMessage();
        assertTrue(message.contains("1.0E-9") && message.contains(rows + " rows"), message);
        String offered = message.substring(message.lastIndexOf(' ') + 1);
        StateLayout smallest = Layouts.parse("count-min:" + offered + ":depth=" + depth);
        assertTrue(smallest.bytes(rows, 4) > 0, message);
      }
    }));
  }
}
