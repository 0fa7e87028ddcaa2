/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.types.Shape;
import dev.sublinear.gradient.RowTable;

/**
 * A named parameter tensor of a model, float32, in our memory.
 *
 * @param name stable name: seeds and checkpoints hang on it
 * @param component what it is part of, for reports
 * @param table its elements; rows are the first dimension
 * @param shape its shape in the engine
 * @param isTable whether it is a table with one row per word, whose moments the state layouts compress
 */
public record Weight(String name, String component, RowTable table, Shape shape, boolean isTable) {}
