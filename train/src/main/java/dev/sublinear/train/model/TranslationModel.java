/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import dev.sublinear.gradient.Gradient;
import dev.sublinear.step.Workers;
import dev.sublinear.train.data.SentencePair;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A translation model: a table of source words, {@link EncoderDecoder}, tables of target words to read and to predict.
 *
 * <p>All weights live in our memory; the engine works on views of them. A step gathers the rows of the source and
 * target tables that its words touch; the output table, under the full softmax, has a gradient for every row. The
 * target table has a row more than there are target words: what the decoder reads first. The two halves of a batch are
 * two graphs, which two threads may compute at the same time. Not thread-safe.
 */
public final class TranslationModel implements TrainedModel {
  /** Always as many, so that the threads of a run do not change its bits; {@link Shard} says why not more. */
  private static final int SHARDS = 2;

  private final TranslationConfig config;
  private final int begin;
  private final TouchedTable source;
  private final TouchedTable target;
  private final Output output;
  private final Tensors tensors;
  private final EncoderDecoder network;
  private final List<Weight> weights = new ArrayList<>();
  private final List<Leaf> leaves = new ArrayList<>();
  private final NDManager manager;
  private @Nullable NDManager stepManager;

  /**
   * Allocates and initialises the weights.
   *
   * @param config the shape of the network
   * @param sourceWords size of the source vocabulary
   * @param targetWords size of the target vocabulary
   * @param maxWords most words of one side of a batch, padding not counted
   * @param seed seed of the weights
   * @param arena owner of the weights' memory
   * @throws IllegalStateException if the engine runs operations on several threads
   */
  public TranslationModel(TranslationConfig config, int sourceWords, int targetWords, int maxWords, long seed,
      Arena arena) {
    this.config = config;
    begin = targetWords;
    List<TensorSpec> tables = config.tables(sourceWords, targetWords);
    source = new TouchedTable(tables.get(0), Math.min(sourceWords, maxWords), arena);
    target = new TouchedTable(tables.get(1), Math.min(targetWords, maxWords) + 1, arena);
    TouchedTable predicted = new TouchedTable(tables.get(2), 1, arena); // always whole
    output = new OneTable(new Softmax.Full(), predicted, false, tables.get(3), 1, arena);
    tensors = new Tensors(config.tensors(), arena);
    network = new EncoderDecoder(config, tensors, arena);
    weights.addAll(List.of(source.weight(), target.weight()));
    weights.addAll(output.weights());
    weights.addAll(tensors.weights());
    leaves.addAll(List.of(source.leaf(), target.leaf()));
    leaves.addAll(output.leaves());
    leaves.addAll(tensors.leaves());
    for (Weight weight : weights) {
      weight.spec().initial().fill(weight.table(), seed, weight.name());
    }
    manager = NDManager.newBaseManager(); // late: little after it can fail and leave it open
    try {
      EngineThread.prepare();
    } catch (IllegalStateException e) {
      manager.close();
      throw e;
    }
  }

  /** All weights in a fixed order: tables of words, output bias, then the network's. */
  @Override
  public List<Weight> weights() {
    return weights;
  }

  /**
   * Runs a batch forward and backward; {@link #gradients} then holds the result until {@link #endStep}.
   *
   * @param pairs at least one; sentences end with {@code <eos>} and are at most as long as the network's longest
   * @param workers threads that share the halves of the batch; their number changes no bit of the result
   * @return the mean cross-entropy per target word, {@code <eos>} counted, in nats
   */
  public float forwardBackward(List<SentencePair> pairs, Workers workers) {
    NDManager scope = manager.newSubManager();
    stepManager = scope;
    openTouched(scope, pairs);
    output.open(scope, 0, new int[0], 0);
    tensors.open(scope, true);
    int count = Math.min(SHARDS, pairs.size());
    int words = targetWords(pairs);
    float[] losses = new float[count];
    workers.run((part, parts, scratch) -> {
      for (int i = part; i < count; i += parts) {
        int from = i * pairs.size() / count;
        losses[i] = forwardBackward(scope, pairs.subList(from, (i + 1) * pairs.size() / count), words);
      }
    });
    float loss = 0;
    for (float share : losses) {
      loss += share;
    }
    return loss;
  }

  private void openTouched(NDManager scope, List<SentencePair> pairs) {
    source.clear();
    target.clear();
    target.rows().add(begin);
    for (SentencePair pair : pairs) {
      source.rows().add(pair.source(), pair.source().length);
      target.rows().add(pair.target(), pair.target().length - 1);
    }
    source.open(scope, false);
    target.open(scope, false);
  }

  private static int targetWords(List<SentencePair> pairs) {
    return pairs.stream().mapToInt(pair -> pair.target().length).sum();
  }

  /** Adds a part of a batch to the gradients of the open leaves; returns its part of the mean loss. */
  private float forwardBackward(NDManager parent, List<SentencePair> pairs, int words) {
    try (GradientTape tape = new GradientTape(); NDManager scope = parent.newSubManager()) {
      PaddedPairs padded = PaddedPairs.of(pairs, begin);
      Shape sources = new Shape(padded.rows(), padded.sources().length / padded.rows());
      Shape targets = new Shape(padded.rows(), padded.inputs().length / padded.rows());
      NDArray loss = loss(padded, source.take(scope, padded.sources(), sources),
          target.take(scope, padded.inputs(), targets)).div(scope.create((float) words));
      tape.backward(loss);
      return loss.getFloat();
    }
  }

  /** The sum of the cross-entropies of the words of a batch. */
  private NDArray loss(PaddedPairs pairs, NDArray sources, NDArray inputs) {
    NDArray hidden = network.decode(inputs, network.encode(sources, pairs.lengths()));
    return output.loss(take(hidden, hidden.getManager().create(pairs.places())), pairs.targets());
  }

  /** Rows of a table or a tensor, [shape of the ids x columns], differentiable, owned as the ids are. */
  private static NDArray take(NDArray table, NDArray ids) {
    return table.getNDArrayInternal().embedding(ids, table, SparseFormat.DENSE).singletonOrThrow();
  }

  @Override
  public List<Gradient> gradients() {
    return leaves.stream().map(Leaf::gradient).toList();
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
   * The mean cross-entropy per target word of batches, {@code <eos>} counted, in nats.
   *
   * @param batches none of them empty
   * @param workers threads that share the batches; their number changes no bit of the result
   */
  public double evaluate(List<List<SentencePair>> batches, Workers workers) {
    double[] losses = new double[batches.size()];
    whileOpen(scope -> shared(batches.size(), workers, scope, (i, part) -> {
      PaddedPairs padded = PaddedPairs.of(batches.get(i), begin);
      losses[i] = loss(padded, read(part, source, padded.sources(), padded.rows()),
          read(part, target, padded.inputs(), padded.rows())).getFloat();
    }));
    double sum = 0;
    for (double loss : losses) {
      sum += loss;
    }
    return sum / batches.stream().mapToInt(TranslationModel::targetWords).sum();
  }

  /**
   * Translates word by word, each the most probable one after those before it, until {@code end} or the longest
   * sentence.
   *
   * @param batches source sentences; those of a batch are translated side by side
   * @param end id of {@code <eos>}
   * @param workers threads that share the batches; their number changes no bit of the result
   * @return the translations without {@code end}, batch by batch
   */
  public List<List<int[]>> translate(List<List<int[]>> batches, int end, Workers workers) {
    List<List<int[]>> translations = new ArrayList<>(Collections.nCopies(batches.size(), List.of()));
    whileOpen(scope -> shared(batches.size(), workers, scope,
        (i, part) -> translations.set(i, translate(part, batches.get(i), end))));
    return translations;
  }

  private List<int[]> translate(NDManager manager, List<int[]> sources, int end) {
    int rows = sources.size();
    EncoderDecoder.Source encoded = network.encode(read(manager, source, PaddedPairs.padded(sources), rows),
        PaddedPairs.lengths(sources));
    Prefixes prefixes = new Prefixes(rows, config.longest(), begin, end);
    while (!prefixes.areComplete()) {
      try (NDManager scope = manager.newSubManager()) {
        NDArray hidden = network.decode(read(scope, target, prefixes.inputs(), rows), encoded);
        NDArray last = take(hidden, scope.create(prefixes.lastPlaces()));
        NDArray table = output.leaves().get(0).array();
        NDArray bias = output.leaves().get(1).array();
        NDArray logits =
            last.getNDArrayInternal().linear(last, table, bias.reshape(bias.size())).singletonOrThrow();
        prefixes.append(logits.argMax(1).toLongArray());
      }
    }
    return prefixes.words();
  }

  private interface Part {
    void run(int i, NDManager scope);
  }

  private static void shared(int n, Workers workers, NDManager parent, Part task) {
    workers.run((part, parts, scratch) -> {
      EngineThread.prepare();
      for (int i = part; i < n; i += parts) {
        try (NDManager scope = parent.newSubManager()) {
          task.run(i, scope);
        }
      }
    });
  }

  /** Opens all weights whole, without gradients. */
  private void whileOpen(Consumer<NDManager> task) {
    try (NDManager scope = manager.newSubManager()) {
      leaves.forEach(leaf -> leaf.openWhole(scope, false));
      task.accept(scope);
    } finally {
      leaves.forEach(Leaf::close);
    }
  }

  /** The rows of words of a table that is open as a whole. */
  private static NDArray read(NDManager manager, TouchedTable table, int[] words, int rows) {
    return take(table.leaf().array(), manager.create(words, new Shape(rows, words.length / rows)));
  }

  @Override
  public void close() {
    manager.close();
  }
}
