/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.types.Shape;

/**
 * A parameter tensor of a model before it has memory.
 *
 * @param name stable name: seeds and checkpoints hang on it
 * @param component what it is part of, for reports
 * @param shape its shape in the engine; rows are the first dimension
 * @param isTable whether it is a table with one row per word, whose moments the state layouts compress
 * @param initial what it begins with
 */
public record TensorSpec(String name, String component, Shape shape, boolean isTable, Initial initial) {}
