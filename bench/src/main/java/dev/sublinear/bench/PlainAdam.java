/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.bench;

import dev.sublinear.step.Workers;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Adam as a careful user would write it by hand: one array a row, so that all arrays of the inner loop have one index
 * and the JVM vectorizes it (over one flat array it does not, and takes 1.4 times as long), rows split between the
 * threads.
 */
final class PlainAdam {
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;
  private static final float EPSILON = 1e-8f;

  private final float[][] theta;
  private final float[][] m;
  private final float[][] v;
  private final float[][] gradient;
  private final Batches batches;
  private int t;

  /** Parameters and moments of zeros. */
  PlainAdam(Batches batches) {
    this.batches = batches;
    int rows = Math.toIntExact(batches.rows());
    int columns = batches.columns();
    theta = new float[rows][columns];
    m = new float[rows][columns];
    v = new float[rows][columns];
    float[] values = batches.values().toArray(ValueLayout.JAVA_FLOAT);
    gradient = new float[batches.count()][];
    Arrays.setAll(gradient, i -> Arrays.copyOfRange(values, i * columns, (i + 1) * columns));
  }

  /** One step on the rows of a batch. */
  void step(int batch, Workers workers) {
    t++;
    float rate = (float) (Batches.LEARNING_RATE / (1 - Math.pow(BETA1, t)));
    float root = (float) (1 / Math.sqrt(1 - Math.pow(BETA2, t)));
    long[] ids = batches.ids(batch);
    workers.run((part, parts, scratch) -> {
      int end = (int) ((long) ids.length * (part + 1) / parts);
      for (int i = (int) ((long) ids.length * part / parts); i < end; i++) {
        int row = (int) ids[i];
        update(theta[row], m[row], v[row], gradient[i], rate, root);
      }
    });
  }

  private static void update(float[] theta, float[] m, float[] v, float[] g, float rate, float root) {
    for (int c = 0; c < theta.length; c++) {
      m[c] = BETA1 * m[c] + (1 - BETA1) * g[c];
      v[c] = BETA2 * v[c] + (1 - BETA2) * g[c] * g[c];
      theta[c] -= rate * m[c] / ((float) Math.sqrt(v[c]) * root + EPSILON);
    }
  }

  /** The parameters of a batch's rows, one after the other. */
  float[] rows(int batch) {
    int columns = batches.columns();
    float[] values = new float[batches.count() * columns];
    for (int i = 0; i < batches.count(); i++) {
      System.arraycopy(theta[(int) batches.ids(batch)[i]], 0, values, i * columns, columns);
    }
    return values;
  }
}
