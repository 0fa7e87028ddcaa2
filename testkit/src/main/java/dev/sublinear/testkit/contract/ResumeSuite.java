/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sublinear.checkpoint.OptimizerState;
import dev.sublinear.gradient.Gradient;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.Workers;
import dev.sublinear.testkit.Combinations;
import dev.sublinear.testkit.Trial;
import dev.sublinear.testkit.gradients.Gradients;
import dev.sublinear.testkit.gradients.Gradients.Values;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A state that is written, read into a fresh optimizer and continued gives the bits of a run without the break. */
public class ResumeSuite {
  private static final int ROWS = 40;
  private static final int COLUMNS = 13;
  private static final int STEPS = 9;
  private static final long SEED = 21;

  /** One test per combination, with a break after every number of steps from 0. */
  @TestFactory
  public Stream<DynamicTest> read_afterSomeSteps_continuesWithTheSameBits() {
    return Combinations.withOptions().stream()
        .map(spec -> dynamicTest(spec.toString(), () -> check(Combinations.colliding(spec, ROWS))));
  }

  private static void check(OptimizerSpec spec) throws IOException {
    try (Workers workers = new Workers(1); Trial whole = new Trial(spec, ROWS, COLUMNS, SEED, workers)) {
      run(whole, 0, STEPS);
      for (int pause : new int[] {0, 1, 2, 5}) {
        try (Trial first = new Trial(spec, ROWS, COLUMNS, SEED, workers);
            Trial second = new Trial(spec, ROWS, COLUMNS, SEED, workers)) {
          run(first, 0, pause);
          read(second, write(first));
          assertEquals(pause, second.optimizer().steps());
          MemorySegment.copy(first.parameters().data(), 0, second.parameters().data(), 0, first.parameters().bytes());
          run(second, pause, STEPS);
          second.assertSameBits(whole, spec + ", break after step " + pause + ", seed " + SEED);
        }
      }
    }
  }

  /** One test per combination: a state cut off anywhere is an error that says so, not a short state. */
  @TestFactory
  public Stream<DynamicTest> read_truncated_throwsEof() {
    return Combinations.legal().stream().map(spec -> dynamicTest(spec.toString(), () -> {
      OptimizerSpec fitting = Combinations.colliding(spec, ROWS);
      try (Workers workers = new Workers(1); Trial trial = new Trial(fitting, ROWS, COLUMNS, SEED, workers)) {
        run(trial, 0, 2);
        byte[] bytes = write(trial);
        for (int length : new int[] {0, 7, 8, 11, 12, 20, bytes.length / 2, bytes.length - 1}) {
          assertThrows(EOFException.class, () -> read(trial, Arrays.copyOf(bytes, length)),
              () -> fitting + " cut off at byte " + length + " of " + bytes.length);
        }
      }
    }));
  }

  /** Another seed, rule, option, layout or shape is refused, the message names both sides, and nothing has changed. */
  @Test
  public void read_ofAnotherOptimizer_isRefusedAndChangesNothing() throws IOException {
    OptimizerSpec spec = OptimizerSpec.parse("adam m=count-sketch:0.5,v=count-min:0.5");
    try (Workers workers = new Workers(1); Trial writer = new Trial(spec, ROWS, COLUMNS, SEED, workers)) {
      run(writer, 0, 3);
      byte[] bytes = write(writer);
      String layouts = " m=count-sketch:0.5,v=count-min:0.5";
      for (Trial reader : List.of(
          new Trial(spec, ROWS, COLUMNS, SEED + 1, workers),
          new Trial(spec, ROWS + 2, COLUMNS, SEED, workers),
          new Trial(spec, ROWS, COLUMNS + 1, SEED, workers),
          new Trial(spec, COLUMNS, ROWS, SEED, workers),
          new Trial(OptimizerSpec.parse("adamw" + layouts), ROWS, COLUMNS, SEED, workers),
          new Trial(OptimizerSpec.parse("adam:beta1=0.8" + layouts), ROWS, COLUMNS, SEED, workers),
          new Trial(OptimizerSpec.parse("adam m=count-sketch:0.5,v=count-min:0.5:clean=9x0.5"), ROWS, COLUMNS, SEED,
              workers),
          new Trial(OptimizerSpec.parse("adam m=count-sketch:0.5,v=dense"), ROWS, COLUMNS, SEED, workers))) {
        try (reader) {
          run(reader, 0, 1);
          byte[] before = reader.state();
          Exception refusal = assertThrows(IllegalArgumentException.class, () -> read(reader, bytes));
          assertTrue(refusal.getMessage().contains(spec.toString()), refusal.getMessage());
          assertTrue(refusal.getMessage().contains(reader.optimizer().spec().toString()), refusal.getMessage());
          assertArrayEquals(before, reader.state());
          assertEquals(1, reader.optimizer().steps());
        }
      }
    }
  }

  /** A file of another kind is refused as such. */
  @Test
  public void read_ofOtherBytes_isRefused() {
    try (Workers workers = new Workers(1);
        Trial trial = new Trial(OptimizerSpec.parse("adam"), ROWS, COLUMNS, SEED, workers)) {
      byte[] noise = new byte[4096];
      Arrays.fill(noise, (byte) '{');
      Exception refusal = assertThrows(IllegalArgumentException.class, () -> read(trial, noise));
      assertTrue(refusal.getMessage().contains("SUBLOPT3"), refusal.getMessage());
      assertEquals(0, trial.optimizer().steps());
    }
  }

  private static void run(Trial trial, int from, int to) {
    Gradients gradients = new Gradients(SEED, trial.parameters().rows(), trial.parameters().columns());
    for (int t = from; t < to; t++) {
      Gradient gradient = t % 3 == 0
          ? gradients.dense(trial.arena(), t, Values.NORMAL)
          : gradients.sparse(trial.arena(), t, 12, Values.NORMAL);
      trial.optimizer().step(gradient, 0.01f);
    }
  }

  private static byte[] write(Trial trial) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    OptimizerState.write(trial.optimizer(), Channels.newChannel(bytes));
    return bytes.toByteArray();
  }

  private static void read(Trial trial, byte[] bytes) throws IOException {
    OptimizerState.read(trial.optimizer(), Channels.newChannel(new ByteArrayInputStream(bytes)));
  }
}
