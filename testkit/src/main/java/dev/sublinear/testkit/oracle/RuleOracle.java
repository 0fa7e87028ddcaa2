/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.testkit.oracle;

import dev.sublinear.layout.Slot;
import dev.sublinear.rule.Adafactor;
import dev.sublinear.rule.Adagrad;
import dev.sublinear.rule.Adam;
import dev.sublinear.rule.AdamW;
import dev.sublinear.rule.AmsGrad;
import dev.sublinear.rule.Momentum;
import dev.sublinear.rule.RmsProp;
import dev.sublinear.rule.Sgd;
import dev.sublinear.rule.Sm3;
import dev.sublinear.rule.UpdateRule;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Every rule in double precision, written from its paper; only the hyper-parameters are taken from core's records.
 *
 * <p>A moment that is a {@link NoMoment} has decay 0. Rows without a gradient keep parameters and moments.
 */
public final class RuleOracle {
  private final UpdateRule rule;
  private final double[][] theta;
  private final List<Moment> moments;
  private final double[][] largest;
  private final int[] updates;
  private final long[] lastStep;
  private long t;
  private boolean leavesRowsOut;

  /**
   * Starts from the given parameters, which are changed in place.
   *
   * @param rule the rule, for its hyper-parameters
   * @param theta parameters, [rows x columns]
   * @param moments one per slot of the rule but a maximum, which this class keeps itself
   */
  public RuleOracle(UpdateRule rule, double[][] theta, List<Moment> moments) {
    this.rule = rule;
    this.theta = theta;
    this.moments = List.copyOf(moments);
    largest = new double[theta.length][theta[0].length];
    updates = new int[theta.length];
    lastStep = new long[theta.length];
  }

  /** Whether this class knows the rule. */
  public static boolean knows(UpdateRule rule) {
    return switch (rule) {
      case Sgd r -> true;
      case Momentum r -> true;
      case Adagrad r -> true;
      case RmsProp r -> true;
      case Adam r -> true;
      case AdamW r -> true;
      case AmsGrad r -> true;
      case Adafactor r -> true;
      case Sm3 r -> true;
      default -> false;
    };
  }

  /** The parameters. */
  public double[][] theta() {
    return theta;
  }

  /**
   * Makes one step.
   *
   * @param ids ascending rows
   * @param g their gradients, [ids.length x columns]
   * @param learningRate the learning rate
   */
  public void step(int[] ids, double[][] g, double learningRate) {
    t++;
    leavesRowsOut = ids.length < theta.length;
    double[] decays = decays();
    for (int k = 0; k < moments.size(); k++) {
      boolean squared = rule.slots().get(k).kind() == Slot.Kind.NON_NEGATIVE;
      double[][] x = squared ? Arrays.stream(g).map(RuleOracle::square).toArray(double[][]::new) : g;
      moments.get(k).beginStep(t, decays[k]);
      moments.get(k).absorb(ids, x, decays[k], isSum(k) ? 1 : 1 - decays[k]);
    }
    if (rule instanceof Adafactor r) {
      adafactor(r, ids, g, learningRate);
      return;
    }
    for (int i = 0; i < ids.length; i++) {
      updates[ids[i]]++;
      move(ids[i], g[i], learningRate);
    }
  }

  private double[] decays() {
    return switch (rule) {
      case Momentum(double mu, boolean nesterov) -> new double[] {memory(0, mu)};
      case Adagrad r -> new double[] {1};
      case RmsProp r -> new double[] {r.alpha()};
      case Adam r -> decays(r);
      case AdamW r -> decays(r.adam());
      case AmsGrad r -> decays(r.adam());
      case Adafactor r -> new double[] {memory(0, r.beta1()), 1 - Math.pow(t, -0.8)};
      case Sm3 r -> new double[] {leavesRowsOut ? 1 : memory(0, r.beta1()), 1};
      default -> new double[0];
    };
  }

  /** Whether a moment is a sum rather than a mean: the scale is 1 then, and else 1 - decay. */
  private boolean isSum(int slot) {
    return rule instanceof Momentum || rule instanceof Adagrad || (rule instanceof Sm3 && slot == 1);
  }

  private double[] decays(Adam adam) {
    return new double[] {memory(0, adam.beta1()), adam.beta2()};
  }

  private double memory(int slot, double decay) {
    return moments.get(slot) instanceof NoMoment ? 0 : decay;
  }

  private void move(int row, double[] g, double learningRate) {
    switch (rule) {
      case Sgd r -> subtract(row, learningRate, g);
      case Momentum(double mu, boolean nesterov) -> {
        // Polyak, 1964: m = mu m + g. Sutskever et al., 2013, as PyTorch has it: the step is g + mu m.
        double beta = memory(0, mu);
        double[] m = moments.get(0).accumulate(row, beta, 1, g);
        for (int c = 0; nesterov && c < g.length; c++) {
          m[c] = g[c] + beta * m[c];
        }
        subtract(row, learningRate, m);
      }
      case Adagrad r ->
        subtract(row, learningRate, over(g, moments.get(0).accumulate(row, 1, 1, square(g)), 1, r.epsilon()));
      case RmsProp r -> subtract(row, learningRate,
          over(g, moments.get(0).accumulate(row, r.alpha(), 1 - r.alpha(), square(g)), 1, r.epsilon()));
      case Adam r -> adam(r, row, g, learningRate, Optional.empty());
      case AdamW r -> {
        // Loshchilov, Hutter, 2019, algorithm 2: decay is no part of the gradient.
        for (int c = 0; c < g.length; c++) {
          theta[row][c] -= learningRate * r.weightDecay() * theta[row][c];
        }
        adam(r.adam(), row, g, learningRate, Optional.empty());
      }
      case AmsGrad r -> adam(r.adam(), row, g, learningRate, Optional.of(largest[row]));
      case Sm3 r -> {
        // Anil, Gupta, Koren, Singer, 2019: the mean is of what the preconditioner returns; none in their code's sparse
        // step.
        double[] v = moments.get(1).accumulate(row, 1, 1, square(g));
        double[] u = over(g, Arrays.stream(v).map(value -> value + r.epsilon()).toArray(), 1, 0);
        double beta = memory(0, r.beta1());
        subtract(row, learningRate, leavesRowsOut ? u : moments.get(0).accumulate(row, beta, 1 - beta, u));
      }
      default -> throw new IllegalArgumentException("no oracle for " + rule + ": write it here, from its paper");
    }
  }

  /** Kingma, Ba, 2015, algorithm 1; with {@code maximum}, Reddi, Kale, Kumar, 2018, algorithm 2. */
  private void adam(Adam rule, int row, double[] g, double learningRate, Optional<double[]> maximum) {
    double beta1 = memory(0, rule.beta1());
    double beta2 = rule.beta2();
    double k = rule.correction() == Adam.Correction.ROW ? updates[row] : t;
    double kept = beta1;
    double correction = 1 - Math.pow(beta1, k);
    if (rule.correction() == Adam.Correction.GAP) {
      kept = lastStep[row] == 0 ? 0 : Math.pow(beta1, (double) (t - lastStep[row]));
      correction = 1;
    }
    lastStep[row] = t;
    double[] m = moments.get(0).accumulate(row, kept, 1 - kept, g);
    double[] v = moments.get(1).accumulate(row, beta2, 1 - beta2, square(g));
    if (maximum.isPresent()) {
      double[] largestOfRow = maximum.get();
      for (int c = 0; c < v.length; c++) {
        largestOfRow[c] = Math.max(largestOfRow[c], v[c]);
      }
      v = largestOfRow;
    }
    if (rule.bounded()) {
      cutOff(m, v, beta1, beta2);
    }
    double[] direction = over(m, v, 1 - Math.pow(beta2, k), rule.epsilon());
    subtract(row, learningRate / correction, direction);
  }

  /**
   * Shazeer, Stern, 2018, algorithms 4 to 6, over the rows with a gradient: the moments of all rows are brought up to
   * date, and measured, before the first moves.
   */
  private void adafactor(Adafactor rule, int[] ids, double[][] g, double learningRate) {
    double decay = 1 - Math.pow(t, -0.8);
    double updates = 0;
    double parameters = 0;
    for (int i = 0; i < ids.length; i++) {
      double[] v = moments.get(1).accumulate(ids[i], decay, 1 - decay, square(g[i]));
      updates += Arrays.stream(square(over(g[i], v, 1, 1e-15))).sum();
      parameters += Arrays.stream(square(theta[ids[i]])).sum();
    }
    double elements = Math.max(1, ids.length * (double) theta[0].length);
    double rate = rule.relative() ? Math.min(learningRate, 1 / Math.sqrt(t)) : learningRate;
    rate *= rule.scale() ? Math.max(1e-3, Math.sqrt(parameters / elements)) : 1;
    rate /= Math.max(1, Math.sqrt(updates / elements) / rule.clip());
    double beta1 = memory(0, rule.beta1());
    for (int i = 0; i < ids.length; i++) {
      double[] v = moments.get(1).accumulate(ids[i], 1, 0, new double[g[i].length]);
      double[] update = over(g[i], v, 1, 1e-15);
      for (int c = 0; c < update.length; c++) {
        update[c] *= rate;
      }
      subtract(ids[i], 1, moments.get(0).accumulate(ids[i], beta1, 1 - beta1, update));
    }
  }

  /** |m| is at most L sqrt(v): the Cauchy-Schwarz bound of exact moments, with the slack that {@link Adam} states. */
  private static void cutOff(double[] m, double[] v, double beta1, double beta2) {
    double room = (1 - beta2) * (1 - beta1 * beta1 / beta2);
    if (room > 0) {
      for (int c = 0; c < m.length; c++) {
        double limit = 1.0001 * (1 - beta1) / Math.sqrt(room) * Math.sqrt(v[c]);
        m[c] = Math.clamp(m[c], -limit, limit);
      }
    }
  }

  private static double[] square(double[] g) {
    double[] squares = new double[g.length];
    for (int c = 0; c < g.length; c++) {
      squares[c] = g[c] * g[c];
    }
    return squares;
  }

  /** numerator / (sqrt(v / correction) + epsilon), where 0/0 is 0. */
  private static double[] over(double[] numerator, double[] v, double correction, double epsilon) {
    double[] ratio = new double[v.length];
    for (int c = 0; c < v.length; c++) {
      ratio[c] = numerator[c] == 0 ? 0 : numerator[c] / (Math.sqrt(v[c] / correction) + epsilon);
    }
    return ratio;
  }

  private void subtract(int row, double factor, double[] direction) {
    for (int c = 0; c < direction.length; c++) {
      theta[row][c] -= factor * direction[c];
    }
  }
}
