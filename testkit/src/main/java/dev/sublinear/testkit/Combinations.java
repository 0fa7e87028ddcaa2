/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit;

import dev.sublinear.kernel.RowCells;
import dev.sublinear.rule.Rules;
import dev.sublinear.step.OptimizerSpec;
import java.util.ArrayList;
import java.util.List;

/** The pairs of rule and layouts that the contract suites run over, taken from the registries. */
public final class Combinations {
  /** Options that the defaults of the registries do not reach; sketches at the default ratio, see {@link #atRatio}. */
  private static final List<String> VARIANTS = List.of(
      "momentum:mu=0.5:nesterov=true m=dense",
      "momentum:nesterov=true m=count-sketch:0.2:decay=global",
      "momentum m=count-sketch:0.2:depth=1",
      "momentum m=count-sketch:0.2:depth=5",
      "momentum m=count-sketch:0.2:depth=7:cells=bf16",
      "momentum m=count-sketch:0.2:depth=7:decay=global",
      "momentum m=rank-one:force=true",
      "momentum m=count-sketch:0.2:depth=5:decay=queried",
      "adagrad:eps=1.0E-6 v=count-min:0.2:depth=2",
      "adagrad v=count-min:0.2:cells=bf16:clean=2x0.5",
      "adagrad v=count-min:0.2:decay=global:clean=3x0.5",
      "rmsprop:alpha=0.9 v=count-min:0.2:depth=7:decay=global",
      "rmsprop v=count-min:0.2:depth=1:cells=bf16",
      "adam:beta1=0:eps=0 m=dense,v=dense",
      "adam:correction=row m=dense,v=row-wise",
      "adam:correction=gap m=dense,v=dense",
      "adam:correction=gap m=count-sketch:0.2:decay=global,v=row-wise",
      "adam:bounded=false m=none,v=row-wise",
      "adam:correction=row m=count-sketch:0.2:depth=5,v=count-min:0.2:depth=5",
      "adam:beta1=0.5:beta2=0.9 m=count-sketch:0.2:decay=global,v=count-min:0.2:decay=global",
      "adam m=count-sketch:0.2:decay=global:cells=bf16,v=count-min:0.2:decay=global:cells=bf16:clean=25x0.5",
      "adam m=count-sketch:0.2:decay=queried,v=count-min:0.2:decay=queried",
      "adam m=count-sketch:0.2:cells=bf16,v=count-min:0.2:cells=bf16",
      "adam m=count-sketch:0.2:decay=queried:cells=bf16,v=count-min:0.2:decay=queried:cells=bf16",
      "adagrad v=count-min:0.2:axis=columns",
      "adam m=count-sketch:0.2,v=count-min:0.2:axis=columns",
      "adam m=none,v=count-min:0.2:clean=125x0.2",
      "adamw:decay=0.1 m=dense,v=row-wise",
      "adamw:decay=0 m=bf16,v=bf16",
      "amsgrad:correction=row m=dense,v=dense,vmax=bf16",
      "adam:correction=row m=int8,v=row-wise",
      "adafactor:clip=0.9 m=dense,v=dense",
      "adafactor:relative=false:scale=false m=none,v=rank-one",
      "adafactor:beta1=0.5:relative=false m=count-sketch:0.2:decay=global,v=count-min:0.2:decay=global",
      "adafactor:clip=Infinity:scale=false m=none,v=count-min:0.2:axis=columns",
      "adafactor m=none,v=sm3:variant=i",
      "adagrad v=sm3:variant=i",
      "adam v=sm3:variant=i",
      "sm3 m=count-sketch:0.2:decay=global",
      "sm3:beta1=0.5:eps=1.0E-8 m=bf16,v=sm3:variant=i");

  private Combinations() {}

  /** Every registered rule times every layout that its slots admit, with default options. */
  public static List<OptimizerSpec> legal() {
    return Rules.all().stream().flatMap(rule -> OptimizerSpec.legal(rule).stream()).toList();
  }

  /** {@link #legal} and then combinations with other options. */
  public static List<OptimizerSpec> withOptions() {
    List<OptimizerSpec> all = new ArrayList<>(legal());
    VARIANTS.forEach(text -> all.add(OptimizerSpec.parse(text)));
    return List.copyOf(all);
  }

  /** The same with another ratio wherever a layout has the default ratio 0.2 as its argument. */
  public static OptimizerSpec atRatio(OptimizerSpec spec, String ratio) {
    return OptimizerSpec.parse(spec.toString().replaceAll("(=[a-z0-9-]+):0\\.2\\b", "$1:" + ratio));
  }

  /**
   * The same with sketches small enough to collide for this many rows, and in any case of a legal width.
   *
   * @param rows rows of the table, at least 1
   */
  public static OptimizerSpec colliding(OptimizerSpec spec, long rows) {
    return atRatio(spec, rows < 14 ? "7" : "0.5");
  }

  /** The same with sketches of half as many buckets a depth as the table has rows. */
  public static OptimizerSpec halfWidth(OptimizerSpec spec) {
    String text = spec.toString().replaceAll("(=[a-z0-9-]+):0\\.2\\b(?!:depth)", "$1:1.5");
    for (int depth = 1; depth <= RowCells.MAX_DEPTH; depth++) {
      text = text.replaceAll("(=[a-z0-9-]+):0\\.2(:depth=" + depth + "\\b)", "$1:" + depth / 2.0 + "$2");
    }
    return OptimizerSpec.parse(text);
  }

  /** The same with sketches wide enough to hold every row. */
  public static OptimizerSpec lossless(OptimizerSpec spec) {
    return atRatio(spec, "7");
  }
}
