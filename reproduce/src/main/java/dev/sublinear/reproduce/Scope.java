/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

/** What of a model the optimizers under comparison update. */
enum Scope {
  /**
   * The word tables; all other tensors have the rule of the first method with dense layouts, at a rate that is the same
   * for all methods.
   */
  WORD_TABLES,
  /** Every tensor, at one rate. */
  ALL_TENSORS
}
