/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.simd;

import dev.sublinear.testkit.kernels.KernelEqualitySuite;

/** The Vector API kernels return the bits of the scalar ones. */
final class SimdKernelEqualityTest extends KernelEqualitySuite {}
