/* SPDX-License-Identifier: Apache-2.0 */
/** Vector API kernels; the only module that knows the incubator. */
module dev.sublinear.simd {
  requires dev.sublinear.core;
  requires jdk.incubator.vector;
  requires static org.jspecify;

  provides dev.sublinear.kernel.Kernels with
      dev.sublinear.simd.SimdKernels;
}
