/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.simd;

import dev.sublinear.testkit.contract.Contracts;

/** Every suite of the testkit, on the Vector API kernels. */
final class SimdContractsTest extends Contracts {}
