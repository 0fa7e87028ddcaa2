/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.checkpoint.OptimizerState;
import dev.sublinear.gradient.DenseRows;
import dev.sublinear.gradient.RowTable;
import dev.sublinear.gradient.SparseRows;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.RowOptimizer;
import dev.sublinear.step.StepSpec;
import dev.sublinear.step.Workers;
import dev.sublinear.testkit.AllocationMeter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What both rules have around their factors: grafting, momentum, decay, blocks, frequencies, checkpoints. */
final class AroundShampooTest {
  static final String BARE = ":graft=none:momentum=0:merge=1";

  static Stream<String> rules() {
    return Stream.of("shampoo:roots=1", "s-shampoo:rank=3:statistics=1:roots=1");
  }

  @ParameterizedTest
  @MethodSource("rules")
  void grafting_keepsTheDirectionAndTakesTheNorm(String rule) {
    for (String graft : new String[] {"sgd", "adagrad", "rmsprop", "rmsprop-normalized"}) {
      String text = rule + ":momentum=0:merge=1:graft=" + graft;
      try (Run run = new Run(text, 6, 5);
          Run grafted = new Run(text + ":limit=1", 6, 5);
          Run bare = new Run(rule + BARE, 6, 5)) {
        for (int t = 0; t < 4; t++) {
          double[] gradient = Run.random(t, 30);
          double[] update = run.update(gradient);
          double[] direction = bare.update(gradient);
          double norm = Run.norm(grafted.update(gradient));
          assertEquals(norm, Run.norm(update), 1e-5 * norm, graft);
          for (int i = 0; i < 30; i++) {
            assertEquals(direction[i] / Run.norm(direction), update[i] / norm, 1e-5, graft);
          }
        }
      }
    }
  }

  /** Tensors that are not preconditioned have the grafting rule alone, and that is a rule of core. */
  @ParameterizedTest
  @CsvSource({"sgd,sgd", "none,sgd", "adagrad,adagrad:eps=1e-10", "rmsprop,adam:eps=1e-10:bounded=false m=none"})
  void grafting_aboveTheLimit_isTheRowRule(String graft, String rowRule) {
    try (Run run = new Run("shampoo:limit=1:momentum=0:graft=" + graft, 70, 100);
        Arena arena = Arena.ofShared();
        Workers workers = new Workers(1)) {
      RowTable table = RowTable.allocate(arena, 70, 100);
      RowOptimizer rows = new RowOptimizer(OptimizerSpec.parse(rowRule), table, 1, arena, workers);
      for (int t = 0; t < 5; t++) {
        run.step(Run.random(t, 7000), 0.1f);
        rows.step(new DenseRows(Run.segment(Run.random(t, 7000)), 70, 100), 0.1f);
        assertArrayEquals(Run.doubles(table.data()), run.parameters(), 2e-6);
      }
    }
  }

  @Test
  void normalizedGraft_isRmspropOfUnitGradients() {
    String text = "shampoo:limit=1:momentum=0:graft=rmsprop";
    try (Run plain = new Run(text, 6, 5); Run normalized = new Run(text + "-normalized", 6, 5)) {
      for (int t = 0; t < 4; t++) {
        double[] gradient = Run.random(t, 30);
        double norm = Run.norm(gradient);
        double[] unit = Arrays.stream(gradient).map(x -> x / norm).toArray();
        assertArrayEquals(plain.update(unit), normalized.update(gradient), 1e-5);
      }
      assertArrayEquals(new double[30], normalized.update(new double[30]));
    }
  }

  @Test
  void grafting_ofZeroGradient_isZero() {
    for (String graft : new String[] {"none", "sgd", "adagrad", "rmsprop", "rmsprop-normalized"}) {
      for (String rule : rules().toList()) {
        try (Run run = new Run(rule + ":graft=" + graft, 6, 5)) {
          assertArrayEquals(new double[30], Arrays.stream(run.update(new double[30])).map(Math::abs).toArray());
          assertTrue(Run.norm(run.update(Run.random(1, 30))) > 0);
          assertEquals(0, run.optimizer.failures());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void momentum_isASumOfUpdates(boolean nesterov) {
    try (Run run = new Run("shampoo:graft=sgd:momentum=0.5:nesterov=" + nesterov, 4)) {
      double[] velocity = new double[4];
      for (int t = 0; t < 5; t++) {
        double[] gradient = Run.random(t, 4);
        double[] expected = new double[4];
        for (int i = 0; i < 4; i++) {
          velocity[i] = 0.5 * velocity[i] + gradient[i];
          expected[i] = nesterov ? gradient[i] + 0.5 * velocity[i] : velocity[i];
        }
        assertArrayEquals(expected, run.update(gradient), 1e-6);
      }
    }
  }

  @Test
  void decay_isOfTheParametersAloneAndScaledByTheRate() {
    try (Run with = new Run("shampoo:decay=0.1", 6, 5); Run without = new Run("shampoo", 6, 5)) {
      for (Run run : List.of(with, without)) {
        for (int i = 0; i < 30; i++) {
          run.table.data().setAtIndex(JAVA_FLOAT, i, i);
        }
        run.step(Run.random(1, 30), 0.5f);
      }
      double[] expected = without.parameters();
      for (int i = 0; i < 30; i++) {
        expected[i] -= 0.5 * 0.1 * i;
      }
      assertArrayEquals(expected, with.parameters(), 1e-5);
    }
  }

  @ParameterizedTest
  @MethodSource("rules")
  void blocks_areIndependentTensors(String rule) {
    try (Run whole = new Run(rule + BARE + ":block=4", 6, 10)) {
      int[][] boxes = {{0, 4, 0, 4}, {0, 4, 4, 8}, {0, 4, 8, 10}, {4, 6, 0, 4}, {4, 6, 4, 8}, {4, 6, 8, 10}};
      List<Run> parts = Arrays.stream(boxes).map(b -> new Run(rule + BARE, b[1] - b[0], b[3] - b[2])).toList();
      for (int t = 0; t < 4; t++) {
        double[] gradient = Run.random(t, 60);
        double[] update = whole.update(gradient);
        for (int p = 0; p < boxes.length; p++) {
          assertArrayEquals(parts.get(p).update(cut(gradient, boxes[p])), cut(update, boxes[p]), 1e-6);
        }
      }
      parts.forEach(Run::close);
    }
  }

  private static double[] cut(double[] matrix, int[] box) {
    double[] values = new double[(box[1] - box[0]) * (box[3] - box[2])];
    int at = 0;
    for (int i = box[0]; i < box[1]; i++) {
      for (int j = box[2]; j < box[3]; j++) {
        values[at++] = matrix[10 * i + j];
      }
    }
    return values;
  }

  @ParameterizedTest
  @MethodSource("rules")
  void unitAndSmallDimensions_doNotMatter(String rule) {
    String text = rule + ":merge=6";
    try (Run run = new Run(text, 1, 2, 3, 1, 7); Run flat = new Run(text, 6, 7)) {
      for (int t = 0; t < 3; t++) {
        assertArrayEquals(flat.update(Run.random(t, 42)), run.update(Run.random(t, 42)));
      }
    }
  }

  /** C.18: every third gradient counts, in its own step; the others are preconditioned and forgotten. */
  @ParameterizedTest
  @ValueSource(strings = {"shampoo", "s-shampoo:rank=2"})
  void statisticsEveryThirdStep_areThoseOfEveryThirdGradient(String rule) {
    try (Run rare = new Run(rule + BARE + ":statistics=3:roots=3", 6, 5);
        Run often = new Run(rule + BARE + ":statistics=1:roots=1", 6, 5)) {
      for (int t = 0; t < 10; t++) {
        double[] update = rare.update(Run.random(t, 30));
        if (t % 3 == 0) {
          assertArrayEquals(often.update(Run.random(t, 30)), update);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rules")
  void vectorsAndScalars_passWithoutAPreconditioner(String rule) {
    for (long[] shape : new long[][] {{}, {1, 1}, {9}, {1, 9}, {9, 1, 1}}) {
      int n = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      try (Run run = new Run(rule + BARE, shape)) {
        assertArrayEquals(Run.random(1, n), run.update(Run.random(1, n)));
        assertEquals(0, run.optimizer.bytes());
      }
    }
  }

  @Test
  void bytes_areThoseOfTheArrays() {
    for (String text : new String[] {"shampoo", "shampoo:block=3", "shampoo:graft=none", "shampoo:momentum=0:limit=6",
      "s-shampoo", "s-shampoo:rank=4:block=5", "s-shampoo:rank=3:statistics=2:roots=3:graft=sgd",
      "s-shampoo:merge=1"}) {
      for (long[] shape : new long[][] {{}, {1}, {13}, {7, 1}, {7, 6}, {2, 3, 4, 5}, {40, 30}, {1100, 2}}) {
        try (Run run = new Run(text, shape)) {
          assertEquals(run.optimizer.spec().bytes(shape), run.optimizer.bytes(), text + Arrays.toString(shape));
        }
      }
    }
    long elements = 8L * 7 * 6;
    assertEquals(elements + 8 * (7 * 7 + 6 * 6), StepSpec.parse("shampoo:merge=1").bytes(7, 6));
    assertEquals(elements + 8 * 42 * 42, StepSpec.parse("shampoo").bytes(7, 6));
    assertEquals(elements + 8 * (2 * (16 + 9) + 2 * (16 + 4)), StepSpec.parse("shampoo:merge=1:block=4").bytes(7, 6));
    assertEquals(elements + 4 * (7 * 2 + 6 + 6 * 2 + 6), StepSpec.parse("s-shampoo:merge=1:rank=2").bytes(7, 6));
    assertEquals(8 * 13, StepSpec.parse("s-shampoo").bytes(13));
  }

  /** Beside the state, working memory of 8 bytes an element and what one factor needs; no arrays a step. */
  @Test
  void steps_allocateNoArrays() {
    for (String rule : rules().toList()) {
      try (Run run = new Run(rule, 40, 30)) {
        MemorySegment gradient = Run.segment(Run.random(1, 1200));
        long bytes = AllocationMeter.bytesPerRound(
            () -> run.optimizer.step(new DenseRows(gradient, 40, 30), 0.01f), 5);
        assertTrue(bytes / AllocationMeter.CALLS < 4 * 30 * 30, rule + ": " + bytes / AllocationMeter.CALLS);
      }
    }
  }

  @Test
  void checkpoint_continuesWithTheSameBits() throws IOException {
    for (String text : new String[] {"shampoo:roots=3:block=4", "s-shampoo:rank=2:statistics=2:roots=3:decay=0.1"}) {
      try (Run whole = new Run(text, 6, 5); Run resumed = new Run(text, 6, 5)) {
        for (int t = 0; t < 7; t++) {
          whole.step(Run.random(t, 30), 0.1f);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        OptimizerState.write(whole.optimizer, Channels.newChannel(bytes));
        OptimizerState.read(resumed.optimizer, Channels.newChannel(new ByteArrayInputStream(bytes.toByteArray())));
        resumed.table.data().copyFrom(whole.table.data());
        for (int t = 7; t < 15; t++) {
          whole.step(Run.random(t, 30), 0.1f);
          resumed.step(Run.random(t, 30), 0.1f);
        }
        assertArrayEquals(whole.parameters(), resumed.parameters());
        assertEquals(15, resumed.optimizer.steps());
        try (Run other = new Run("shampoo", 6, 5)) {
          assertTrue(assertThrows(IllegalArgumentException.class, () -> OptimizerState.read(other.optimizer,
              Channels.newChannel(new ByteArrayInputStream(bytes.toByteArray())))).getMessage().contains(text));
        }
      }
    }
  }

  @Test
  void sparseGradient_isRefused() {
    try (Run run = new Run("shampoo", 6, 5)) {
      String message = assertThrows(IllegalArgumentException.class, () -> run.optimizer.step(
          new SparseRows(new long[] {2}, 1, Run.segment(new double[5]), 5), 0.1f)).getMessage();
      assertEquals("sparse gradient of 1 rows: shampoo steps whole tensors; give it DenseRows, or the table a rule with"
          + " rows", message);
      assertEquals(0, run.optimizer.steps());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "shampoo", "s-shampoo", "shampoo:beta2=0.9:cut=1.0E-4:statistics=2:roots=7:merge=1:block=0:limit=9",
    "s-shampoo:rank=64:beta2=1:tail=square-root:eps=0", "s-shampoo:statistics=1:roots=1:block=512",
    "shampoo:graft=rmsprop-normalized:graft-beta2=0.9:momentum=0.5:nesterov=false:decay=0.01", "s-shampoo:graft=none"
  })
  void text_readsBack(String text) {
    StepSpec spec = StepSpec.parse(text);
    assertEquals(text, spec.toString());
    assertEquals(spec, StepSpec.parse(" " + text + " "));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
    "s-shampoo:rank=0|rank 0: must be >= 1", "shampoo:beta2=1.5|beta2 1.5: must be in [0, 1]",
    "shampoo:rank=3|unknown option 'rank'", "s-shampoo:cut=0|unknown option 'cut'",
    "shampoo:cut=1|cut 1.0: must be in [0, 1)", "s-shampoo:eps=-1|eps -1.0: must be a number >= 0",
    "shampoo:roots=0|roots 0: must be >= 1", "shampoo:statistics=x|statistics=x: must be a whole number",
    "shampoo:graft=adam|graft=adam: must be none or sgd or adagrad or rmsprop or rmsprop-normalized",
    "shampoo:momentum=1|momentum 1.0: must be in [0, 1)", "shampoo:decay=-1|decay -1.0: must be a number >= 0",
    "shampoo:block=-1|block -1: must be >= 1, or 0 for no blocks",
    "shampoo m=dense|shampoo has no slots, got 'm=dense'",
    "s-shampoo:tail=beta|tail=beta: must be beta2 or square-root", "shampo|did you mean 'shampoo'?"
  })
  void text_thatIsWrong_isExplained(String text, String message) {
    String found = assertThrows(IllegalArgumentException.class, () -> StepSpec.parse(text)).getMessage();
    assertTrue(found.contains(message), found);
  }

  @Test
  void tables_refuseTheseRules() {
    assertEquals("shampoo steps whole tensors with dense gradients, not tables by their rows: it can be the"
        + " --dense-optimizer (legal here: sgd, momentum, adagrad, rmsprop, adam, adamw, amsgrad, adafactor, sm3)",
        assertThrows(IllegalArgumentException.class, () -> OptimizerSpec.parse("shampoo")).getMessage());
  }
}
