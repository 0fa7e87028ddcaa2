/* SPDX-License-Identifier: Apache-2.0 */
/** Optimizers as an update rule times a state layout; no dependency beyond the JDK. */
module dev.sublinear.core {
  requires static org.jspecify;

  exports dev.sublinear.gradient;
  exports dev.sublinear.kernel;
  exports dev.sublinear.layout;
  exports dev.sublinear.rule;
  exports dev.sublinear.step;
  exports dev.sublinear.checkpoint;

  uses dev.sublinear.kernel.Kernels;
  uses dev.sublinear.rule.MatrixRule;
}
