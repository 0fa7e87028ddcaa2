/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.matrix.linear.LinearAlgebra;
import dev.sublinear.train.loop.Schedule;
import dev.sublinear.train.model.CnnConfig;
import dev.sublinear.train.report.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The experiments on Kronecker factors, on images made for the purpose. */
class SketchyExperimentsTest {
  private static final DenseTask TOY = new ImageTask(SmokeImages.make(), new CnnConfig(4), 16,
      Schedule.parse("constant"), List.of(0.001f, 0.002f), 4, 12, List.of(1L, 2L), List.of(3L, 4L, 5L));

  @TempDir Path folder;
  private final List<String> said = new ArrayList<>();

  private Lab lab() {
    return lab("runs");
  }

  private Lab lab(String runs) {
    return new Lab(Size.SMOKE, null, 1, () -> RunDirectory.create(folder.resolve(runs)), "test", said::add);
  }

  @Test
  void spectrum_knownCovariances() {
    LinearAlgebra algebra = LinearAlgebra.openBlas();
    double[] identity = new double[64];
    double[] rankOne = new double[64];
    for (int i = 0; i < 8; i++) {
      identity[9 * i] = 3;
      for (int j = 0; j < 8; j++) {
        rankOne[8 * i + j] = (i + 1) * (j + 1);
      }
    }
    assertEquals(8, Spectrum.of(algebra, 8, identity).intrinsicDimension(), 1e-12);
    assertEquals(0.25, Spectrum.of(algebra, 8, identity).quarterMass(), 1e-12);
    assertEquals(1, Spectrum.of(algebra, 8, rankOne).intrinsicDimension(), 1e-12);
    assertEquals(1, Spectrum.of(algebra, 8, rankOne).quarterMass(), 1e-12);
  }

  @Test
  void spectrum_ofNoise_approachesTheOrder_andForgetsByDecay() {
    LinearAlgebra algebra = LinearAlgebra.openBlas();
    assertTrue(Spectrum.ofNoise(algebra, 16, 50, 500, 1, 1).intrinsicDimension() > 15);
    assertTrue(Spectrum.ofNoise(algebra, 16, 1, 500, 0.5, 1).intrinsicDimension() < 4);
  }

  @Test
  void spectra_ofATraining_writeATableForEverySide() throws IOException {
    Path file = Reproduce.run(new SketchySpectra(lab -> List.of(TOY)), lab(), folder.resolve("out"), "test", "abc1234");
    String text = Files.readString(file);
    assertTrue(text.contains("| dense.0.weight, rows "), text);
    assertTrue(text.contains("| dense.0.weight, columns "), text);
    assertFalse(text.contains("NaN"), text);
    assertTrue(Files.exists(folder.resolve("out/images/sketchy-spectra-smoke-1.png")));
  }

  @Test
  void train_searchThenPairedSeeds_goalsBesideTheFigures() throws IOException {
    Experiment experiment = new SketchyTrain(lab -> List.of(TOY), Method.added("Adam", "adam"),
        Method.added("Shampoo", "shampoo:roots=2"), Method.added("S-Shampoo", "s-shampoo:rank=4"));
    String text = Files.readString(Reproduce.run(experiment, lab(), folder.resolve("out"), "test", "abc1234"));
    assertEquals(3, text.lines().filter(line -> line.matches("\\| (Adam|Shampoo|S-Shampoo): .*")).count(), text);
    assertEquals(3, text.lines().filter(line -> line.matches("\\| .* \\| +(yes|no) \\|")).count(), text);
    assertFalse(text.contains("NaN"), text);
    Lab alone = lab("alone");
    double sum = 0;
    for (long seed = 1; seed <= 2; seed++) {
      sum += TOY.search(alone, Method.added("Adam", "adam"), 0.001f, seed).summary().scores().validation().loss();
    }
    String mean = String.format(Locale.ROOT, "search, Adam, lr 0.001: validation loss %.4f", sum / 2);
    assertEquals(1, said.stream().filter(line -> line.endsWith(mean)).count(), mean + ": " + said);
    assertEquals(9, said.stream().filter(line -> line.contains("test loss")).count(), said.toString());
  }
}
