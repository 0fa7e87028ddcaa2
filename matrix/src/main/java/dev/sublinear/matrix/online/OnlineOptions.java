/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.matrix.online;

/**
 * What an online convex method can be told; a method ignores what it does not use.
 *
 * @param sketch rows of the sketch, the l of the papers: l - 1 directions are kept and the l-th eigenvalue is cut off
 * @param learningRate the step's size; where it stands in the step is the method's to say
 * @param delta what the preconditioner begins with
 */
public record OnlineOptions(int sketch, double learningRate, double delta) {}
