/* SPDX-License-Identifier: Apache-2.0 */
/** Second-order methods on sketches; the only module that calls OpenBLAS. */
module dev.sublinear.matrix {
  requires dev.sublinear.core;
  requires org.bytedeco.javacpp;
  requires org.bytedeco.openblas;
  requires static org.jspecify;

  exports dev.sublinear.matrix.linear;
  exports dev.sublinear.matrix.online;
  exports dev.sublinear.matrix.shampoo;
  exports dev.sublinear.matrix.sketch;

  provides dev.sublinear.rule.MatrixRule with
      dev.sublinear.matrix.shampoo.Shampoo,
      dev.sublinear.matrix.shampoo.SketchedShampoo;
}
