/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

import java.lang.foreign.MemorySegment;

/**
 * A named piece of optimizer state, in native byte order; all that a state remembers is in its arrays, so that saving
 * them saves the state.
 *
 * @param name unique within the state
 * @param data the bytes
 */
public record StateArray(String name, MemorySegment data) {}
