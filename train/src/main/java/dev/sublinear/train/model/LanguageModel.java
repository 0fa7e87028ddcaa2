/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDManager;
import dev.sublinear.gradient.Gradient;
import dev.sublinear.step.Workers;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A language model: input table, LSTM or Transformer, and the output tables of its softmax.
 *
 * <p>All weights live in our memory; the engine works on views of them. A step gathers the rows of the tables that its
 * words touch; the gradient of a small leaf is the gradient of those rows. The two halves of a batch are two graphs,
 * which two threads may compute at the same time. The state of an LSTM is carried from one training window to the next.
 * Not thread-safe.
 */
public final class LanguageModel implements TrainedModel {
  /** Always as many, so that the threads of a run do not change its bits; {@link Shard} says why not more. */
  private static final int SHARDS = 2;

  private final NetworkConfig config;
  private final int batch;
  private final NDManager manager;
  private final Tensors tensors;
  private final Body body;
  private final Tables tables;
  private final List<Shard> shards = new ArrayList<>();
  private final List<Weight> weights = new ArrayList<>();
  private final List<Leaf> leaves = new ArrayList<>();
  private @Nullable NDManager stepManager;

  /**
   * Allocates and initialises the weights.
   *
   * @param config the shape of the network
   * @param words size of the vocabulary
   * @param softmax the training loss; it must suit the vocabulary and the network
   * @param batch parallel rows of text
   * @param bptt steps of a window
   * @param seed seed of weights, negatives and dropout
   * @param arena owner of the weights' memory
   * @throws IllegalStateException if the engine runs operations on several threads
   */
  public LanguageModel(NetworkConfig config, int words, SoftmaxSpec softmax, int batch, int bptt, long seed,
      Arena arena) {
    this.config = config;
    this.batch = batch;
    tables = new Tables(config, words, batch * bptt, softmax, seed, arena);
    tensors = new Tensors(config.tensors(), arena);
    body = switch (config) {
      case LstmConfig lstm -> new Lstm(lstm, tensors);
      case TransformerConfig transformer -> new Transformer(transformer, tensors, arena);
    };
    weights.addAll(tables.weights());
    weights.addAll(tensors.weights());
    leaves.addAll(tables.leaves());
    leaves.addAll(tensors.leaves());
    for (Weight weight : weights) {
      weight.spec().initial().fill(weight.table(), seed, weight.name());
    }
    Dropout dropout = new Dropout(config, batch, bptt, seed, arena);
    manager = engine(); // late: little after it can fail and leave it open
    int count = Math.min(SHARDS, batch);
    for (int i = 0; i < count; i++) {
      int from = i * batch / count;
      shards.add(new Shard(body, tables, dropout, from, (i + 1) * batch / count - from, manager));
    }
  }

  /** Loads the engine and opens the owner of its tensors. */
  private static NDManager engine() {
    NDManager manager = NDManager.newBaseManager();
    try {
      EngineThread.prepare();
    } catch (IllegalStateException e) {
      manager.close();
      throw e;
    }
    return manager;
  }

  /** All weights in a fixed order: input table, output tables and biases, then the network's. */
  @Override
  public List<Weight> weights() {
    return weights;
  }

  /** The shape of the network. */
  public NetworkConfig config() {
    return config;
  }

  /** Starts the text anew: the next training window begins with a zero state. */
  public void resetState() {
    shards.forEach(Shard::resetState);
  }

  /**
   * Runs one training window forward and backward; {@link #gradients} then holds the result until {@link #endStep}.
   *
   * @param step number of the step, from 1; negatives and dropout depend on it
   * @param inputs word ids, [batch x steps]
   * @param targets word ids to predict, [batch x steps]
   * @param workers threads that share the halves of the batch; their number changes no bit of the result
   * @return the mean cross-entropy per target, in nats
   */
  public float forwardBackward(long step, int[] inputs, int[] targets, int steps, Workers workers) {
    NDManager scope = manager.newSubManager();
    stepManager = scope;
    tables.open(scope, step, inputs, targets, batch * steps);
    tensors.open(scope, true);
    Shard.Window window = new Shard.Window(step, inputs, targets, batch, steps);
    float[] losses = new float[shards.size()];
    workers.run((part, parts, scratch) -> {
      for (int i = part; i < losses.length; i += parts) {
        losses[i] = shards.get(i).forwardBackward(window);
      }
    });
    float loss = 0;
    for (float share : losses) {
      loss += share;
    }
    return loss;
  }

  @Override
  public List<Gradient> gradients() {
    List<Gradient> gradients = new ArrayList<>();
    for (Leaf leaf : leaves) {
      gradients.add(leaf.gradient());
    }
    return gradients;
  }

  @Override
  public void endStep() {
    leaves.forEach(Leaf::close);
    if (stepManager != null) {
      stepManager.close();
      stepManager = null;
    }
  }

  /**
   * The mean cross-entropy per predicted token of a text, in nats, always over all words.
   *
   * @param workers threads that share the words; their number changes no bit of the result
   */
  public double evaluate(int[] tokens, Workers workers) {
    return new Evaluation(config, tensors, body, tables, workers).meanLoss(tokens, manager);
  }

  @Override
  public void close() {
    manager.close();
  }
}
