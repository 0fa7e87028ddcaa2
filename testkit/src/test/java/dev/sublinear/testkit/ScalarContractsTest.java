/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit;

import dev.sublinear.testkit.contract.Contracts;

/** Every suite, on the scalar kernels. */
final class ScalarContractsTest extends Contracts {}
