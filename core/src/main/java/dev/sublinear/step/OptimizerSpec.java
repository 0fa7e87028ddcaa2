/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.step;

import dev.sublinear.gradient.RowTable;
import dev.sublinear.layout.Dense;
import dev.sublinear.layout.FoldableLayout;
import dev.sublinear.layout.Layouts;
import dev.sublinear.layout.Reduction;
import dev.sublinear.layout.Slot;
import dev.sublinear.layout.StateLayout;
import dev.sublinear.layout.Term;
import dev.sublinear.rule.RowCounter;
import dev.sublinear.rule.Rules;
import dev.sublinear.rule.UpdateRule;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An update rule times a layout per slot: {@code adam m=count-sketch:0.2,v=count-min:0.2}.
 *
 * <p>{@code toString} gives the text that {@link #parse} reads. Immutable.
 *
 * @param rule the update rule
 * @param layouts one layout per slot of the rule, in the rule's order
 */
public record OptimizerSpec(UpdateRule rule, List<StateLayout> layouts) implements StepSpec {
  /**
   * Checks that the layouts fit the slots.
   *
   * @throws IllegalArgumentException with the reason if one does not
   */
  public OptimizerSpec {
    layouts = List.copyOf(layouts);
    if (layouts.size() != rule.slots().size()) {
      throw new IllegalArgumentException(
          layouts.size() + " layouts for " + rule.name() + ": it has " + rule.slots().size() + " slots");
    }
    for (int k = 0; k < layouts.size(); k++) {
      Slot slot = rule.slots().get(k);
      String refusal = refusal(rule, slot, layouts.get(k));
      if (refusal != null) {
        throw new IllegalArgumentException(
            rule.name() + " " + slot.name() + "=" + layouts.get(k) + ": " + layouts.get(k).name() + " cannot hold "
                + slot.name() + ": " + refusal + " (legal: " + String.join(", ", legalLayouts(rule, slot)) + ")");
      }
    }
  }

  /** Why the layout cannot hold the slot of this rule; {@code null} if it can. */
  private static @Nullable String refusal(UpdateRule rule, Slot slot, StateLayout layout) {
    if (rule.rowCounter() == RowCounter.GAP && slot.kind() == Slot.Kind.SIGNED
        && layout.firstSweep() == Reduction.GRADIENT) {
      return "it takes in the whole gradient with one decay, and here every row has its own";
    }
    String refusal = layout.refusal(slot);
    if (refusal == null && rule.isMeasured() && !layout.isKnownInStep()) {
      return rule.name() + " goes over the rows twice, and what " + layout
          + " estimates is known only when the step ends";
    }
    return refusal;
  }

  private static List<String> legalLayouts(UpdateRule rule, Slot slot) {
    return Layouts.all().stream().filter(layout -> refusal(rule, slot, layout) == null).map(StateLayout::name).toList();
  }

  /** The rule with every slot dense. */
  public static OptimizerSpec dense(UpdateRule rule) {
    return new OptimizerSpec(rule, rule.slots().stream().<StateLayout>map(slot -> new Dense()).toList());
  }

  /** The rule with the layout that each slot has unless it is named, {@link UpdateRule#defaultLayout}. */
  public static OptimizerSpec defaults(UpdateRule rule) {
    return new OptimizerSpec(rule, rule.slots().stream().map(rule::defaultLayout).toList());
  }

  /**
   * Reads {@code NAME[:KEY=VALUE]... [SLOT=LAYOUT[:ARG][:KEY=VALUE]...[,SLOT=...]]}; slots not named have the rule's
   * default layout, which is dense unless the rule says otherwise.
   *
   * @throws IllegalArgumentException with one line naming what is wrong and what is legal
   */
  public static OptimizerSpec parse(String text) {
    String[] parts = text.strip().split("\\s+", 2);
    if (parts[0].isEmpty()) {
      throw new IllegalArgumentException("empty optimizer: write NAME [SLOT=LAYOUT,...], for example adam v=row-wise");
    }
    OptimizerSpec spec = defaults(Rules.parse(parts[0]));
    return parts.length == 1 ? spec : spec.withState(parts[1]);
  }

  /**
   * The same rule with some slots changed, for example by {@code m=none,v=row-wise}.
   *
   * @throws IllegalArgumentException with one line naming what is wrong and what is legal
   */
  public OptimizerSpec withState(String slots) {
    Map<String, StateLayout> changed = new LinkedHashMap<>();
    List<String> names = rule.slots().stream().map(Slot::name).toList();
    for (String assignment : slots.strip().split("\\s*,\\s*", -1)) {
      int equals = assignment.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "'" + assignment + "' is not SLOT=LAYOUT; " + rule.name() + " has slots " + String.join(", ", names));
      }
      String name = assignment.substring(0, equals).strip();
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            names.isEmpty() ? rule.name() + " has no slots, got '" + name + "'" : Term.unknown("slot", name, names));
      }
      if (changed.put(name, Layouts.parse(assignment.substring(equals + 1).strip())) != null) {
        throw new IllegalArgumentException("slot '" + name + "' is given twice in '" + slots + "'");
      }
    }
    List<StateLayout> layouts = new ArrayList<>();
    for (int k = 0; k < names.size(); k++) {
      layouts.add(changed.getOrDefault(names.get(k), this.layouts.get(k)));
    }
    return new OptimizerSpec(rule, layouts);
  }

  /** The same rule with every slot exact, to rounding, that decays when this one's do: what errors are against. */
  public OptimizerSpec exact() {
    List<StateLayout> exact = new ArrayList<>();
    for (int k = 0; k < layouts.size(); k++) {
      exact.add(layouts.get(k).exact(rule.slots().get(k)));
    }
    return new OptimizerSpec(rule, exact);
  }

  /** The layouts alone: {@code m=dense,v=row-wise}; empty for a rule without slots. */
  public String state() {
    List<String> assignments = new ArrayList<>();
    for (int k = 0; k < layouts.size(); k++) {
      assignments.add(rule.slots().get(k).name() + "=" + layouts.get(k));
    }
    return String.join(",", assignments);
  }

  /**
   * The exact bytes of all state for a parameter of this shape, row counters included; allocates nothing.
   *
   * @throws IllegalArgumentException if a layout cannot hold the shape
   */
  @Override
  public long bytes(long... shape) {
    long rows = shape.length == 0 ? 1 : shape[0];
    long bytes = rule.rowCounter() != RowCounter.NONE ? Math.multiplyExact(rows, (long) Integer.BYTES) : 0;
    for (StateLayout layout : layouts) {
      bytes = Math.addExact(bytes, layout.bytes(shape));
    }
    return bytes;
  }

  @Override
  public long denseBytes(long... shape) {
    return dense(rule).bytes(shape);
  }

  /** 0: what a thread needs is in its {@link dev.sublinear.kernel.Scratch}. */
  @Override
  public long workspaceBytes(long... shape) {
    return 0;
  }

  @Override
  public float defaultLearningRate() {
    return rule.defaultLearningRate();
  }

  @Override
  public RowOptimizer bind(RowTable parameters, long seed, Arena arena, Workers workers) {
    return new RowOptimizer(this, parameters, seed, arena, workers);
  }

  /**
   * The same with every sketch folded to half its width, for a parameter of this shape.
   *
   * @throws IllegalArgumentException if there is no sketch, or one cannot be folded
   */
  public OptimizerSpec folded(long... shape) {
    List<StateLayout> folded = new ArrayList<>();
    for (StateLayout layout : layouts) {
      folded.add(layout instanceof FoldableLayout sketch ? sketch.folded(shape) : layout);
    }
    if (folded.equals(layouts)) {
      throw new IllegalArgumentException(this + ": nothing to fold; needs count-sketch, or count-min with axis=rows");
    }
    return new OptimizerSpec(rule, folded);
  }

  /** Every legal choice of default layouts for the slots of a rule, the all-dense one first. */
  public static List<OptimizerSpec> legal(UpdateRule rule) {
    List<List<StateLayout>> choices = List.of(List.of());
    for (Slot slot : rule.slots()) {
      choices = choices.stream()
          .flatMap(head -> Layouts.all().stream().filter(layout -> refusal(rule, slot, layout) == null).map(layout -> {
            List<StateLayout> longer = new ArrayList<>(head);
            longer.add(layout);
            return List.copyOf(longer);
          }))
          .collect(Collectors.toList());
    }
    return choices.stream().map(layouts -> new OptimizerSpec(rule, layouts)).toList();
  }

  @Override
  public String toString() {
    return layouts.isEmpty() ? rule.toString() : rule + " " + state();
  }
}
