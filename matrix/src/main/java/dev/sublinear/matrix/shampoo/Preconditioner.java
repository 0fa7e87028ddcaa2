/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.shampoo;

import dev.sublinear.layout.StateArray;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The factors of all blocks of a tensor: block by block, G &lt;- G multiplied along every axis by the root of that
 * axis.
 *
 * <p>Working memory: 8 bytes for each element of the largest block (4 if it is the only one), and what the largest
 * factor needs.
 */
final class Preconditioner {
  private static final long ALIGNMENT = 64;

  private final List<Block> blocks;
  private final List<List<Factor>> factors = new ArrayList<>();
  private final Frequency every;
  private final long blockBytes;
  private long failures;

  /** Allocates the factors of a tensor of these merged dimensions, at least one. */
  Preconditioner(Factor.Kind kind, Frequency every, Partition partition, int[] dimensions, Arena arena) {
    this.every = every;
    blocks = partition.blocks(dimensions);
    blockBytes = blockBytes(blocks);
    for (Block block : blocks) {
      List<Factor> axes = new ArrayList<>();
      for (int d : block.size()) {
        axes.add(kind.allocate(d, dimensions.length, arena));
      }
      factors.add(List.copyOf(axes));
    }
  }

  /** Floats of state for a tensor of these merged dimensions. */
  static long floats(Factor.Kind kind, Partition partition, int[] dimensions) {
    long floats = 0;
    for (Block block : partition.blocks(dimensions)) {
      for (int d : block.size()) {
        floats = Math.addExact(floats, kind.floats(d));
      }
    }
    return floats;
  }

  /** Bytes of working memory for a tensor of these merged dimensions. */
  static long workBytes(Factor.Kind kind, Partition partition, int[] dimensions) {
    List<Block> blocks = partition.blocks(dimensions);
    long most = 0;
    for (Block block : blocks) {
      for (int d : block.size()) {
        most = Math.max(most, kind.workBytes(d, block.elements() / d));
      }
    }
    return Math.addExact((blocks.size() == 1 ? 1 : 2) * blockBytes(blocks), most);
  }

  private static long blockBytes(List<Block> blocks) {
    return aligned(4 * blocks.stream().mapToLong(Block::elements).max().orElse(0));
  }

  /** The bytes rounded up to whole cache lines. */
  static long aligned(long bytes) {
    return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
  }

  /**
   * Brings statistics and roots up to date if it is time, and preconditions.
   *
   * @param step number of the step, from 1
   * @param gradient the tensor's gradient, its squared norm a finite float32
   * @param out the preconditioned gradient, written
   * @param work working memory
   */
  void apply(long step, MemorySegment gradient, MemorySegment out, MemorySegment work) {
    boolean isOnly = blocks.size() == 1;
    MemorySegment spare = work.asSlice(0, blockBytes);
    MemorySegment own = isOnly ? out : work.asSlice(blockBytes, blockBytes);
    MemorySegment rest = work.asSlice((isOnly ? 1 : 2) * blockBytes);
    for (int b = 0; b < blocks.size(); b++) {
      Block block = blocks.get(b);
      block.copy(gradient, own, 0, true);
      List<Factor> axes = factors.get(b);
      for (int axis = 0; axis < axes.size(); axis++) {
        if (every.isStatisticsStep(step)) {
          count(axes.get(axis).accumulate(own, block.before(axis), block.after(axis), rest));
        }
        root(step, axes.get(axis), rest);
      }
      boolean isInSpare = false;
      for (int axis = 0; axis < axes.size(); axis++) {
        isInSpare ^= axes.get(axis).apply(isInSpare ? spare : own, isInSpare ? own : spare, block.before(axis),
            block.after(axis));
      }
      if (!isOnly || isInSpare) {
        block.copy(out, isInSpare ? spare : own, 0, false);
      }
    }
  }

  /**
   * Makes do without a gradient: roots are brought up to date if it is time, and a gradient that the statistics should
   * have taken in is counted as a failure.
   */
  void miss(long step, MemorySegment work) {
    count(!every.isStatisticsStep(step));
    for (List<Factor> axes : factors) {
      for (Factor factor : axes) {
        root(step, factor, work);
      }
    }
  }

  /** Whether or not the last gradient was taken in: those before it were, maybe since the last root. */
  private void root(long step, Factor factor, MemorySegment work) {
    if (every.isRootStep(step)) {
      count(factor.root(work));
    }
  }

  private void count(boolean isDone) {
    if (!isDone) {
      failures++;
    }
  }

  /**
   * How often statistics or a root stayed what they were because a decomposition failed or its input was not finite.
   */
  long failures() {
    return failures;
  }

  List<StateArray> arrays() {
    List<StateArray> arrays = new ArrayList<>();
    for (int b = 0; b < blocks.size(); b++) {
      String prefix = blocks.size() == 1 ? "" : "block" + b + ".";
      for (int axis = 0; axis < factors.get(b).size(); axis++) {
        arrays.addAll(factors.get(b).get(axis).arrays(prefix + "axis" + axis + "."));
      }
    }
    return arrays;
  }
}
