/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

/**
 * One thing an update rule remembers about every element, for example Adam's {@code m}.
 *
 * @param name the name used in optimizer strings
 * @param kind what is stored and how it changes
 */
public record Slot(String name, Kind kind) {
  /** What a slot holds. */
  public enum Kind {
    /** A decayed sum of gradients: linear, of either sign. */
    SIGNED,
    /**
     * A decayed sum of updates, which the other moments have scaled already: linear, of either sign. A row's is known
     * only when those moments are, and depends on other rows wherever they do.
     */
    UPDATE,
    /** A decayed sum of squared gradients: linear, never negative. */
    NON_NEGATIVE,
    /** A running maximum of something that is never negative: not linear. */
    MAXIMUM
  }
}
