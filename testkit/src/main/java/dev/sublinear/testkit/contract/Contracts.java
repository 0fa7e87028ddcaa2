/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.contract;

import dev.sublinear.testkit.golden.GoldenSuite;
import org.junit.jupiter.api.Nested;

/**
 * All suites in one test class: a module runs them with the kernels on its path by
 * {@code final class ContractsTest extends Contracts {}}.
 */
public class Contracts {
  /** See {@link OptionsSuite}. */
  @Nested
  public class Options extends OptionsSuite {}

  /** See {@link BytesSuite}. */
  @Nested
  public class Bytes extends BytesSuite {}

  /** See {@link OracleSuite}. */
  @Nested
  public class Oracle extends OracleSuite {}

  /** See {@link GoldenSuite}. */
  @Nested
  public class Golden extends GoldenSuite {}

  /** See {@link LosslessSuite}. */
  @Nested
  public class Lossless extends LosslessSuite {}

  /** See {@link UntouchedRowsSuite}. */
  @Nested
  public class UntouchedRows extends UntouchedRowsSuite {}

  /** See {@link ResumeSuite}. */
  @Nested
  public class Resume extends ResumeSuite {}

  /** See {@link FoldSuite}. */
  @Nested
  public class Fold extends FoldSuite {}

  /** See {@link ConvergenceSuite}. */
  @Nested
  public class Convergence extends ConvergenceSuite {}

  /** See {@link ThreadsSuite}. */
  @Nested
  public class Threads extends ThreadsSuite {}

  /** See {@link ProbeSuite}. */
  @Nested
  public class Probes extends ProbeSuite {}

  /** See {@link SecondPassSuite}. */
  @Nested
  public class SecondPass extends SecondPassSuite {}

  /** See {@link AllocationSuite}. */
  @Nested
  public class Allocation extends AllocationSuite {}
}
