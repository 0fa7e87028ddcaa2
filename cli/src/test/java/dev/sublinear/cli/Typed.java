/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A command line that was typed, in this process, and what came of it.
 *
 * @param code the exit code
 * @param out all of stdout
 * @param err all of stderr
 */
record Typed(int code, String out, String err) {
  private static final int LINES = 700;
  private static final int WORDS_PER_LINE = 9;
  private static final int VOCABULARY = 3000;

  /** Types a command line. */
  static Typed sublinear(String... args) {
    return sublinear(false, args);
  }

  /** Types a command line, with a person watching stderr or not. */
  static Typed sublinear(boolean terminal, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code;
    try (PrintStream outStream = new PrintStream(out, false, StandardCharsets.UTF_8);
        PrintStream errStream = new PrintStream(err, false, StandardCharsets.UTF_8)) {
      code = Main.run(new Console(outStream, errStream, terminal, 100, Console.commandOf(args)), args);
    }
    return new Typed(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /**
   * Types {@code start} (with {@code watched} in front: at a terminal) and the options of a run of 20 steps, a second.
   */
  static Typed small(String start, Path corpus, Path out, String... more) {
    Map<String, String> defaults = new TreeMap<>(Map.of("--corpus", corpus.toString(), "--out", out.toString(),
        "--embedding", "16", "--hidden", "16", "--projection", "16", "--batch", "4", "--bptt", "8", "--softmax",
        "sampled:32", "--evaluations", "2", "--steps", "20"));
    defaults.keySet().removeAll(Arrays.asList(more));
    List<String> args = new ArrayList<>(List.of(start.replaceFirst("^watched ", "").split(" ")));
    defaults.forEach((option, value) -> args.addAll(List.of(option, value)));
    args.addAll(List.of(more));
    return sublinear(start.startsWith("watched "), args.toArray(String[]::new));
  }

  /** A text file of 700 lines and about 3000 words, the low numbers more frequent. */
  static Path corpus(Path directory) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < LINES * WORDS_PER_LINE; i++) {
      int word = i % 2 == 0 ? i * 7 % VOCABULARY : i * 7 % 40;
      text.append('w').append(word).append(i % WORDS_PER_LINE == WORDS_PER_LINE - 1 ? '\n' : ' ');
    }
    return Files.writeString(directory.resolve("tiny.txt"), text);
  }

  /** Expects success, and says what was on stderr if there was none. */
  Typed ok() {
    assertEquals(0, code, err);
    return this;
  }

  /** Expects this exit code and one line on stderr, and gives the line. */
  String oneLine(int expected) {
    assertEquals(expected, code, err);
    assertEquals(1, err.lines().count(), err);
    assertEquals("", out);
    return err.strip();
  }
}
