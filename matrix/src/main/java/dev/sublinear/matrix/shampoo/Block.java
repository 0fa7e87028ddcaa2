/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import java.lang.foreign.MemorySegment;

/**
 * A box of a float32 tensor.
 *
 * @param tensor the dimensions of the tensor
 * @param first the box's first index on every axis
 * @param size its extent on every axis
 */
record Block(int[] tensor, int[] first, int[] size) {
  /** Number of elements. */
  long elements() {
    return product(0, size.length);
  }

  /** Number of elements with one index on each of the axes before this one. */
  int before(int axis) {
    return Math.toIntExact(product(0, axis));
  }

  /** Number of elements with one index on each axis up to this one. */
  int after(int axis) {
    return Math.toIntExact(product(axis + 1, size.length));
  }

  private long product(int from, int to) {
    long product = 1;
    for (int axis = from; axis < to; axis++) {
      product *= size[axis];
    }
    return product;
  }

  /**
   * Copies the box out of the tensor, or into it.
   *
   * @param whole the tensor
   * @param box the elements of the box without gaps, in memory from {@code offset} bytes on
   * @param gathers whether the tensor is read and the box written
   */
  void copy(MemorySegment whole, MemorySegment box, long offset, boolean gathers) {
    int last = size.length - 1;
    long runBytes = 4L * size[last];
    long runs = elements() / size[last];
    for (long run = 0; run < runs; run++) {
      long rest = run;
      long stride = tensor[last];
      long at = first[last];
      for (int axis = last - 1; axis >= 0; axis--) {
        at += stride * (first[axis] + rest % size[axis]);
        rest /= size[axis];
        stride *= tensor[axis];
      }
      if (gathers) {
        MemorySegment.copy(whole, 4 * at, box, offset + run * runBytes, runBytes);
      } else {
        MemorySegment.copy(box, offset + run * runBytes, whole, 4 * at, runBytes);
      }
    }
  }
}
