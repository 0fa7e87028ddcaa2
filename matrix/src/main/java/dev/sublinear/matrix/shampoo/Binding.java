/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import dev.sublinear.gradient.RowTable;
import dev.sublinear.kernel.Workspace;
import dev.sublinear.rule.MatrixStep;
import java.lang.foreign.Arena;

/**
 * What both rules do with a shape: its bytes, and its step.
 *
 * @param kind how the factors of an axis are kept
 * @param every when they change
 * @param partition how a tensor becomes blocks
 * @param descent what is around the preconditioner
 */
record Binding(Factor.Kind kind, Frequency every, Partition partition, Descent descent) {
  long bytes(long... shape) {
    long floats = Math.multiplyExact(elements(shape), descent.floatsPerElement());
    if (partition.covers(shape)) {
      floats = Math.addExact(floats, Preconditioner.floats(kind, partition, partition.merged(shape)));
    }
    return Math.multiplyExact(floats, (long) Float.BYTES);
  }

  long workspaceBytes(long... shape) {
    long own = GraftedStep.workBytes(elements(shape));
    return partition.covers(shape)
        ? Math.addExact(own, Preconditioner.workBytes(kind, partition, partition.merged(shape)))
        : own;
  }

  MatrixStep newStep(RowTable parameters, Arena arena, Workspace workspace) {
    long[] shape = parameters.shape().stream().mapToLong(Long::longValue).toArray();
    workspace.reserve(workspaceBytes(shape));
    Preconditioner preconditioner = partition.covers(shape) ? preconditioner(arena, shape) : null;
    return new GraftedStep(descent, parameters, preconditioner, arena, workspace);
  }

  private Preconditioner preconditioner(Arena arena, long... shape) {
    return new Preconditioner(kind, every, partition, partition.merged(shape), arena);
  }

  private static long elements(long... shape) {
    long elements = 1;
    for (long dimension : shape) {
      elements = Math.multiplyExact(elements, dimension);
    }
    return elements;
  }
}
