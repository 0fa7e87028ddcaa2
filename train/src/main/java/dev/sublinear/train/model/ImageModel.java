/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sublinear.gradient.Gradient;
import dev.sublinear.step.Workers;
import dev.sublinear.train.data.ImageSet;
import dev.sublinear.train.data.PixelScaling;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A network that tells the class of an image.
 *
 * <p>All weights live in our memory; the engine works on views of them. The two halves of a batch are two graphs, which
 * two threads may compute at the same time. Not thread-safe.
 */
public final class ImageModel implements TrainedModel {
  /** Always as many, so that the threads of a run do not change its bits; {@link Shard} says why not more. */
  private static final int SHARDS = 2;

  /** Images that are scored side by side. */
  private static final int SCORED_TOGETHER = 100;

  private final ImageShape shape;
  private final Tensors tensors;
  private final ImageNetwork network;
  private final NDManager manager;
  private @Nullable NDManager stepManager;

  /**
   * What a model makes of images.
   *
   * @param loss mean cross-entropy per image, in nats
   * @param errorRate share of the images whose largest logit is that of a wrong class
   */
  public record Scored(double loss, double errorRate) {}

  /**
   * Allocates and initialises the weights.
   *
   * @param config the shape of the network
   * @param shape the shape of the images
   * @param seed seed of the weights
   * @param arena owner of the weights' memory
   * @throws IllegalArgumentException if the images are too small for the network
   * @throws IllegalStateException if the engine runs operations on several threads
   */
  public ImageModel(ImageConfig config, ImageShape shape, long seed, Arena arena) {
    this.shape = shape;
    tensors = new Tensors(config.tensors(shape), arena);
    ImageParts parts = new ImageParts(tensors);
    network = switch (config) {
      case CnnConfig cnn -> new Cnn(parts);
      case ResNetConfig residual -> new ResNet(parts);
    };
    for (Weight weight : tensors.weights()) {
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

  @Override
  public List<Weight> weights() {
    return tensors.weights();
  }

  /**
   * Runs a batch forward and backward; {@link #gradients} then holds the result until {@link #endStep}.
   *
   * @param images [n x channels x height x width], float32
   * @param labels [n], classes
   * @param n images of the batch, at least 1
   * @param workers threads that share the halves of the batch; their number changes no bit of the result
   * @return the mean cross-entropy per image, in nats
   */
  public float forwardBackward(MemorySegment images, int[] labels, int n, Workers workers) {
    NDManager scope = manager.newSubManager();
    stepManager = scope;
    tensors.open(scope, true);
    int count = Math.min(SHARDS, n);
    float[] losses = new float[count];
    workers.run((part, parts, scratch) -> {
      for (int i = part; i < count; i += parts) {
        losses[i] = forwardBackward(scope, images, labels, i * n / count, (i + 1) * n / count, n);
      }
    });
    float loss = 0;
    for (float share : losses) {
      loss += share;
    }
    return loss;
  }

  /** Adds images {@code [from, to)} to the gradients of the open leaves; returns their part of the mean loss. */
  private float forwardBackward(NDManager parent, MemorySegment images, int[] labels, int from, int to, int n) {
    try (GradientTape tape = new GradientTape(); NDManager scope = parent.newSubManager()) {
      NDArray logits = network.logits(open(scope, images, from, to));
      int[] own = IntStream.range(from, to).map(i -> labels[i]).toArray();
      NDArray loss = Softmax.crossEntropy(logits, own).div(scope.create((float) n));
      tape.backward(loss);
      return loss.getFloat();
    }
  }

  private NDArray open(NDManager scope, MemorySegment images, int from, int to) {
    long imageBytes = (long) shape.size() * Float.BYTES;
    MemorySegment own = images.asSlice(from * imageBytes, (to - from) * imageBytes);
    return EngineMemory.tensor(scope, own, new Shape(to - from, shape.channels(), shape.height(), shape.width()));
  }

  @Override
  public List<Gradient> gradients() {
    return tensors.leaves().stream().map(Leaf::gradient).toList();
  }

  @Override
  public void endStep() {
    tensors.leaves().forEach(Leaf::close);
    if (stepManager != null) {
      stepManager.close();
      stepManager = null;
    }
  }

  /**
   * Scores images with the weights as they are.
   *
   * @param scaling what their pixels are turned into
   * @param workers threads that share the images; their number changes no bit of the result
   */
  public Scored evaluate(ImageSet images, PixelScaling scaling, Workers workers) {
    int batches = Math.ceilDiv(images.size(), SCORED_TOGETHER);
    double[] losses = new double[batches];
    int[] errors = new int[batches];
    try (NDManager parent = manager.newSubManager()) {
      tensors.open(parent, false);
      workers.run((part, parts, scratch) -> {
        EngineThread.prepare();
        for (int batch = part; batch < batches; batch += parts) {
          int from = batch * SCORED_TOGETHER;
          int n = Math.min(SCORED_TOGETHER, images.size() - from);
          try (NDManager scope = parent.newSubManager(); Arena arena = Arena.ofConfined()) {
            NDArray logits = network.logits(open(scope, scaled(images, from, n, scaling, arena), 0, n));
            int[] labels = IntStream.range(from, from + n).map(images::label).toArray();
            losses[batch] = Softmax.crossEntropy(logits, labels).getFloat();
            long[] classes = logits.argMax(1).toLongArray();
            errors[batch] = (int) IntStream.range(0, n).filter(i -> classes[i] != labels[i]).count();
          }
        }
      });
    } finally {
      tensors.leaves().forEach(Leaf::close);
    }
    double loss = 0;
    for (double sum : losses) {
      loss += sum;
    }
    return new Scored(loss / images.size(), (double) IntStream.of(errors).sum() / images.size());
  }

  private MemorySegment scaled(ImageSet images, int from, int n, PixelScaling scaling, Arena arena) {
    MemorySegment pixels = arena.allocate((long) n * shape.size() * Float.BYTES, 64);
    for (int i = 0; i < n; i++) {
      scaling.write(images, from + i, pixels, (long) i * shape.size());
    }
    return pixels;
  }

  @Override
  public void close() {
    manager.close();
  }
}
