/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import ai.djl.ndarray.types.Shape;
import dev.sublinear.rule.Sgd;
import dev.sublinear.step.MatrixSpec;
import dev.sublinear.step.OptimizerSpec;
import dev.sublinear.step.StepSpec;
import dev.sublinear.train.model.NetworkConfig;
import dev.sublinear.train.model.SoftmaxSpec;
import dev.sublinear.train.model.TensorSpec;

/**
 * Everything that decides what a language-model run computes; checked when made, before any data is read.
 *
 * @param data the text and how it is cut
 * @param network the shape of the network
 * @param softmax the training loss over the words
 * @param optimization rules, layouts and learning rate
 * @param length how long to train and how often to look
 * @param seed seed of everything random
 */
public record LmOptions(Data data, NetworkConfig network, SoftmaxSpec softmax, Optimization optimization, Length length,
    long seed) {
  /** Checks what the parts ask of each other. */
  public LmOptions {
    if (data.bptt() > network.maxSteps()) {
      throw new IllegalArgumentException("bptt " + data.bptt() + ": must be at most the " + network.maxSteps()
          + " steps of the network's window");
    }
    if (network.tied() && softmax instanceof SoftmaxSpec.Adaptive) {
      throw new IllegalArgumentException("tied: the adaptive softmax has no table with a row for every word;"
          + " use softmax full or sampled");
    }
  }

  /** The same run with another optimizer. */
  public LmOptions with(Optimization other) {
    return new LmOptions(data, network, softmax, other, length, seed);
  }

  /** The same run with another softmax. */
  public LmOptions with(SoftmaxSpec other) {
    return new LmOptions(data, network, other, optimization, length, seed);
  }

  /**
   * The text and how it is cut.
   *
   * @param corpus {@code wordnet}, a file or a directory
   * @param maxVocabulary largest vocabulary; 0 for every word
   * @param batch parallel rows of text
   * @param bptt steps of truncated back-propagation through time
   */
  public record Data(String corpus, int maxVocabulary, int batch, int bptt) {
    /** Checks the ranges. */
    public Data {
      atLeastOne("batch", batch);
      atLeastOne("bptt", bptt);
      if (maxVocabulary < 0 || maxVocabulary == 1) {
        throw new IllegalArgumentException("max-vocabulary " + maxVocabulary + ": must be >= 2, or 0 for every word");
      }
    }
  }

  /**
   * Rules, layouts and learning rate.
   *
   * @param tables optimizer of the input and output tables
   * @param others optimizer of all other tensors
   * @param learningRate the rate of the tables before the schedule
   * @param othersLearningRate the rate of all other tensors before the schedule
   * @param schedule how it changes
   * @param clip largest global norm of the gradients; infinite for no clipping
   */
  public record Optimization(OptimizerSpec tables, StepSpec others, float learningRate, float othersLearningRate,
      Schedule schedule, double clip) {
    /** Checks the ranges. */
    public Optimization {
      checkRate("lr", learningRate);
      checkRate("dense-lr", othersLearningRate);
      if (!(clip > 0)) {
        throw new IllegalArgumentException("clip " + clip + ": must be above 0");
      }
    }

    /** Of a network without tables. */
    public static Optimization withoutTables(StepSpec all, float learningRate, Schedule schedule, double clip) {
      return new Optimization(OptimizerSpec.dense(new Sgd()), all, learningRate, learningRate, schedule, clip);
    }

    /**
     * The optimizer of a tensor. A rule of whole tensors is not given the biases that have a row for every word, whose
     * gradient may be sparse: they have the rule of the tables, with its default layouts and at its rate.
     */
    StepSpec of(TensorSpec tensor) {
      if (tensor.isTable()) {
        return tables;
      }
      return isByWord(tensor) ? OptimizerSpec.defaults(tables.rule()) : others;
    }

    /** The rate of a tensor before the schedule. */
    float learningRate(TensorSpec tensor) {
      return tensor.isTable() || isByWord(tensor) ? learningRate : othersLearningRate;
    }

    private boolean isByWord(TensorSpec tensor) {
      Shape shape = tensor.shape();
      return others instanceof MatrixSpec && shape.dimension() == 2 && shape.get(1) == 1;
    }
  }

  /**
   * How long to train and how often to look.
   *
   * @param steps number of steps; 0 to count in epochs
   * @param epochs passes over the train text, if {@code steps} is 0
   * @param evaluations number of validations, evenly spaced, the last one at the end
   * @param probe rows of each table whose exact moments are kept beside, to log how far the layouts are off; 0 for none
   */
  public record Length(long steps, double epochs, int evaluations, int probe) {
    /** Checks the ranges. */
    public Length {
      if (steps < 0) {
        throw new IllegalArgumentException("steps " + steps + ": must be >= 1");
      }
      if (steps == 0 && !(epochs > 0 && epochs < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("epochs " + epochs + ": must be a number above 0");
      }
      atLeastOne("evaluations", evaluations);
      if (probe < 0) {
        throw new IllegalArgumentException("probe " + probe + ": must be >= 0 rows, 0 for none");
      }
    }

    /** The number of steps, given the number of windows of one epoch. */
    public long steps(int windows) {
      return steps > 0 ? steps : Math.max(1, Math.round(epochs * windows));
    }

    /**
     * Whether a validation follows a step of {@code steps}: they are spread evenly, the last falls on the last step.
     */
    boolean isEvaluationDue(long step, long steps) {
      return step * evaluations / steps > (step - 1) * evaluations / steps;
    }
  }

  private static void checkRate(String name, float value) {
    if (!(value > 0 && value < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " " + value + ": must be a number above 0");
    }
  }

  private static void atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + ": must be >= 1");
    }
  }
}
