/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import dev.sublinear.layout.Dense;
import dev.sublinear.layout.Layouts;
import dev.sublinear.layout.Slot;
import dev.sublinear.layout.StateLayout;
import dev.sublinear.layout.Term;
import dev.sublinear.rule.MatrixRule;
import dev.sublinear.rule.MatrixRules;
import dev.sublinear.rule.Rules;
import dev.sublinear.rule.UpdateRule;
import dev.sublinear.train.report.ByteSize;
import dev.sublinear.train.report.TextTable;
import dev.sublinear.train.report.TextTable.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The part of a help text that lists the registered rules and layouts. */
final class Catalog {
  private static final int LINE = 78;
  private static final long[] EXAMPLE = {50_000, 128};

  private Catalog() {}

  /** Adds the lists to a command's help; they are made when the help is shown, not before. */
  static void addTo(CommandLine command) {
    command.getHelpSectionMap().put("catalog", help -> text());
    List<String> sections = new ArrayList<>(command.getHelpSectionKeys());
    sections.add(sections.indexOf(UsageMessageSpec.SECTION_KEY_FOOTER_HEADING), "catalog");
    command.setHelpSectionKeys(sections);
  }

  static String text() {
    return """

        Optimizers: "NAME[:KEY=VALUE] [SLOT=LAYOUT[:RATIO][:KEY=VALUE],...]"; slots not named are dense,
        or what this list says.
        %s
        Rules of whole tensors, for --dense-optimizer "NAME[:KEY=VALUE]..." with these keys:
        %s
        Layouts: how a slot is stored; one slot of a 50,000 x 128 table takes
        %s
          Keys of the sketches: depth=3, decay=touched|queried|global,
          cells=f32|bf16, folds=0 (halvings of the width), and clean=STEPSxFACTOR
          (every STEPS steps all cells are multiplied by FACTOR), for example
          v=count-min:0.2:depth=3:clean=125x0.2; or axis=columns, for the
          --dense-optimizer: v=count-min:0.2:axis=columns. rank-one:force=true goes
          on signed slots, to show that it fails there
          Key of sm3: variant=ii|i
        """.formatted(rules().indent(2), matrixRules(), layouts().indent(2).stripTrailing());
  }

  private static String rules() {
    TextTable table = new TextTable(List.of(Column.left("name"), Column.left("slots"), Column.right("default --lr")));
    for (UpdateRule rule : Rules.all()) {
      String slots = rule.slots().stream()
          .map(slot -> slot.name() + usual(rule.defaultLayout(slot)) + " (" + words(slot.kind()) + ")")
          .collect(Collectors.joining(", "));
      table.row(List.of(rule.name(), slots.isEmpty() ? "none" : slots, Float.toString(rule.defaultLearningRate())));
    }
    return table.render();
  }

  /** A line for each rule and its rate, and below it the keys, as many to a line as fit. */
  private static String matrixRules() {
    StringBuilder text = new StringBuilder();
    for (MatrixRule rule : MatrixRules.all()) {
      text.append("  ").append(rule.name()).append(" (default --dense-lr ").append(rule.defaultLearningRate())
          .append(")\n");
      String line = "   ";
      for (String option : rule.options().split(" ")) {
        if (line.length() + 1 + option.length() > LINE) {
          text.append(line).append('\n');
          line = "   ";
        }
        line += " " + option;
      }
      text.append(line).append('\n');
    }
    return text.toString();
  }

  private static String usual(StateLayout layout) {
    return layout instanceof Dense ? "" : "=" + layout;
  }

  private static String layouts() {
    TextTable table = new TextTable(List.of(Column.left("layout"), Column.right("bytes"), Column.left("takes slots")));
    for (StateLayout layout : Layouts.all()) {
      String kinds = Arrays.stream(Slot.Kind.values())
          .filter(kind -> layout.refusal(new Slot("slot", kind)) == null)
          .map(Catalog::words)
          .collect(Collectors.joining(", "));
      table.row(List.of(layout.toString(), ByteSize.format(layout.bytes(EXAMPLE)), kinds));
    }
    return table.render();
  }

  private static String words(Slot.Kind kind) {
    return Term.lower(kind);
  }
}
