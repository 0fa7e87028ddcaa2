/* SPDX-License-Identifier: Apache-2.0 */
/** Language models: weights in our memory, arithmetic and gradients in the engine. */
@NullMarked
package dev.sublinear.train.model;

import org.jspecify.annotations.NullMarked;
