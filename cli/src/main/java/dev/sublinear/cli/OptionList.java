/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The part of a help text that lists the options, under the name of the mixin of {@link LmArguments} they stand in. */
final class OptionList {
  private static final String OWN = "Options";

  private OptionList() {}

  /** Replaces a command's list of options. */
  static void addTo(CommandLine command) {
    command.getHelpSectionMap().remove(UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING);
    command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, OptionList::text);
  }

  private static String text(Help help) {
    Map<String, List<OptionSpec>> sections = new LinkedHashMap<>();
    help.commandSpec().options().stream()
        .sorted(Comparator.comparingInt(OptionSpec::order))
        .forEach(option -> sections.computeIfAbsent(heading(option), key -> new ArrayList<>()).add(option));
    StringBuilder text = new StringBuilder();
    sections.forEach((heading, options) -> {
      Help.Layout layout = help.createDefaultLayout(options, List.of(), help.colorScheme());
      layout.addOptions(options, help.createDefaultParamLabelRenderer());
      text.append(System.lineSeparator()).append(heading).append(':').append(System.lineSeparator()).append(layout);
    });
    return text.toString();
  }

  private static String heading(OptionSpec option) {
    if (option.userObject() instanceof Field field && field.getDeclaringClass().getEnclosingClass() != null) {
      return field.getDeclaringClass().getSimpleName();
    }
    return OWN;
  }
}
