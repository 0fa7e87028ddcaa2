/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import dev.sublinear.layout.Term;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How a tensor becomes the blocks that are preconditioned one by one.
 *
 * <p>Dimensions of 1 are dropped; from left to right a dimension is merged into the one before it while their product
 * is at most {@code merge}; a dimension above {@code block} is cut into blocks of that many, the last one ragged.
 * Scalars, vectors (before merging) and tensors with a dimension above {@code limit} (before merging) are not
 * preconditioned.
 *
 * @param merge largest dimension made by merging, at least 1, which merges nothing
 * @param block largest dimension of a block; 0 for no blocks
 * @param limit largest dimension that is preconditioned, at least 1
 */
public record Partition(int merge, int block, int limit) {
  /** What whole-number options must be, for error messages. */
  static final String WHOLE = "a whole number";

  /** Checks the ranges. */
  public Partition {
    checkPositive("merge", merge);
    checkPositive("limit", limit);
    if (block < 0) {
      throw new IllegalArgumentException("block " + block + ": must be >= 1, or 0 for no blocks");
    }
  }

  static void checkPositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + ": must be >= 1");
    }
  }

  Partition read(Term term) {
    return new Partition(term.option("merge", merge, Integer::valueOf, WHOLE),
        term.option("block", block, Integer::valueOf, WHOLE), term.option("limit", limit, Integer::valueOf, WHOLE));
  }

  /** The options as {@code :key=value}, all or those that are not {@code defaults}. */
  String text(boolean all, Partition defaults) {
    return Term.text("merge", merge, all ? "" : defaults.merge)
        + Term.text("block", block, all ? "" : defaults.block) + Term.text("limit", limit, all ? "" : defaults.limit);
  }

  /** Whether a tensor of this shape is preconditioned. */
  boolean covers(long... shape) {
    long[] squeezed = squeezed(shape);
    return squeezed.length > 1 && Arrays.stream(squeezed).allMatch(dimension -> dimension <= limit);
  }

  private static long[] squeezed(long... shape) {
    return Arrays.stream(shape).filter(dimension -> dimension != 1).toArray();
  }

  /** The dimensions without those of 1, small neighbours merged; empty for a single element. */
  int[] merged(long... shape) {
    List<Integer> merged = new ArrayList<>();
    for (long dimension : squeezed(shape)) {
      int size = Math.toIntExact(dimension);
      int last = merged.size() - 1;
      if (last >= 0 && (long) merged.get(last) * size <= merge) {
        merged.set(last, merged.get(last) * size);
      } else {
        merged.add(size);
      }
    }
    return merged.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The blocks of a tensor of these merged dimensions, the last axis running fastest. */
  List<Block> blocks(int... dimensions) {
    List<Block> blocks = List.of(new Block(dimensions, new int[dimensions.length], dimensions.clone()));
    for (int axis = 0; axis < dimensions.length; axis++) {
      List<Block> finer = new ArrayList<>();
      for (Block whole : blocks) {
        int width = block == 0 ? dimensions[axis] : block;
        for (int from = 0; from < dimensions[axis]; from += width) {
          int[] first = whole.first().clone();
          int[] size = whole.size().clone();
          first[axis] = from;
          size[axis] = Math.min(width, dimensions[axis] - from);
          finer.add(new Block(dimensions, first, size));
        }
      }
      blocks = finer;
    }
    return blocks;
  }
}
