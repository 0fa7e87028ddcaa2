/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sublinear.matrix.online.OnlineLearner;
import dev.sublinear.matrix.online.OnlineMethods;
import dev.sublinear.matrix.online.OnlineOptions;
import dev.sublinear.train.data.Examples;
import dev.sublinear.train.data.LibsvmFile;
import dev.sublinear.train.data.SharedData;
import java.io.IOException;
import java.util.stream.DoubleStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * a9a beside figures of an independent port of the paper's code (NumPy, float64, singular values up to 1e-12 of the
 * largest set to 0); the file lies beside the project, in {@code -Dsublinear.data} or {@code ../shared/data}; aborts
 * without it.
 */
class A9aTest {
  private static Examples a9a() throws IOException {
    return LibsvmFile.read(SharedData.path("libsvm/a9a"));
  }

  /** The first rows of others. */
  private record Head(Examples of, int rows) implements Examples {
    @Override
    public String name() {
      return of.name();
    }

    @Override
    public int features() {
      return of.features();
    }

    @Override
    public boolean isPositive(int row) {
      return of.isPositive(row);
    }

    @Override
    public int read(int row, int[] index, double[] value) {
      return of.read(row, index, value);
    }
  }

  private static OnlineLearner learner(String name, int sketch, double eighths, double delta) {
    return OnlineMethods.named(name).start(124, new OnlineOptions(sketch, StrictMath.pow(10, eighths / 8), delta));
  }

  @ParameterizedTest
  @CsvSource({
    "ogd,          10,   0, 0, .388420063131, 189, 3.1717654774,  -.3299191606, 1e-10",
    "adagrad,      10,  -7, 0, .375884254798, 183, 3.6990174558,  -.0354985838, 1e-10",
    "s-adagrad,    10,  -3, 0, .372239629746, 175, 3.2241930522,  -.3041018969, 1e-10",
    "rfd-son,      10, -14, 0, .386522822283, 175, 2.4442447225,  -.2674454771, 1e-10",
    "ada-fd,       10, -16, 1, .547236262688, 209,  .6600976320,  -.0959376579, 1e-7",
    "fd-son,       10,  -8, 1, .448435256268, 171, 8.8621961032, -1.1325782437, 1e-7"
  })
  void firstThousandRows(String name, int sketch, double eighths, double delta, double loss, int mistakes,
      double norm, double bias, double relative) throws IOException {
    OnlineLearner learner = learner(name, sketch, eighths, delta);
    OnlinePass.Result result = OnlinePass.run(learner, new Head(a9a(), 1000));
    assertEquals(123, result.features());
    assertEquals(loss, result.loss(), relative * loss);
    assertEquals(mistakes, Math.round(1000 * result.errorRate()));
    assertEquals(norm, Math.sqrt(DoubleStream.of(learner.weights()).map(x -> x * x).sum()), relative * norm);
    assertEquals(bias, learner.weights()[123], relative * Math.abs(bias) + 1e-10);
  }

  @ParameterizedTest
  @CsvSource({
    "ogd,          10,   0, 0, .334578194, .843524, 2e-9",
    "adagrad,      10,  -7, 0, .332250140, .844906, 2e-9",
    "s-adagrad,    10,  -3, 0, .332550368274271, .844814, 1e-11",
    "rfd-son,      10, -14, 0, .334498990173235, .843586, 1e-11",
    "ada-fd,       10, -16, 1, .354103937, .837351, 1e-7",
    "fd-son,       10,  -8, 1, .539118399, .814103, 1e-7",
    "s-adagrad,     2,   0, 0, .334315845, 0, 2e-9"
  })
  void wholeFile(String name, int sketch, double eighths, double delta, double loss, double accuracy,
      double relative) throws IOException {
    OnlinePass.Result result = OnlinePass.run(learner(name, sketch, eighths, delta), a9a());
    assertEquals(32_561, result.rows());
    assertEquals(loss, result.loss(), relative * loss);
    assertTrue(accuracy == 0 || Math.abs(accuracy - (1 - result.errorRate())) < 1e-6, result.toString());
  }

  /** Figures of numpy.linalg.eigh on the whole matrix, at cut-offs 1e-14 and 1e-12 the same to the last digit. */
  @ParameterizedTest
  @CsvSource({"-5, .378917924645085, 181, 4.390820690831579, -.403888716142089"})
  void fullMatrix_firstThousandRows(double eighths, double loss, int mistakes, double norm, double bias)
      throws IOException {
    Head head = new Head(a9a(), 1000);
    OnlineLearner full = learner("full-adagrad", 0, eighths, 0);
    OnlinePass.Result result = OnlinePass.run(full, head);
    assertEquals(loss, result.loss(), 1e-10 * loss);
    assertEquals(mistakes, Math.round(1000 * result.errorRate()));
    assertEquals(norm, Math.sqrt(DoubleStream.of(full.weights()).map(x -> x * x).sum()), 1e-9 * norm);
    assertEquals(bias, full.weights()[123], 1e-9);
  }
}
