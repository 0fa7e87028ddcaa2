/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.layout;

/** A state that keeps nothing, so that a rule may use scale x itself without asking for a copy of it. */
public interface StatelessRowState extends RowState {}
