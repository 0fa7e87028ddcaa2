/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import dev.sublinear.layout.Term;
import dev.sublinear.step.StepSpec;
import dev.sublinear.train.data.ImageCorpus;
import dev.sublinear.train.loop.ImageOptions;
import dev.sublinear.train.loop.ImageTraining;
import dev.sublinear.train.loop.LmOptions;
import dev.sublinear.train.model.CnnConfig;
import dev.sublinear.train.model.ImageConfig;
import dev.sublinear.train.model.ResNetConfig;
import dev.sublinear.train.report.ReportRun;
import dev.sublinear.train.report.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code train image}: one network that tells the classes of images. */
@Command(name = "image", versionProvider = Version.class, sortOptions = false, synopsisHeading = "Usage: ", customSynopsis = "./sublinear train image --data DIR [OPTIONS]", header = "Trains a network to tell images apart and reports on it.", description = {
  "%nReads a folder of images with classes, holds a tenth of the training images out for validation, and measures the"
      + " error rate (the share of images taken for another class; lower is better) and the loss. All tensors are"
      + " updated by --optimizer."
}, footerHeading = "%nExamples:%n", footer = {
  "  ./sublinear train image --data mnist --epochs 3",
  "  ./sublinear train image --data cifar10 --model resnet --optimizer \"momentum\" --lr 0.05",
  "Exit codes: 0 done, 2 bad usage or input, 1 anything else, such as a loss that is not finite."
})
final class TrainImageCommand implements Callable<Integer> {
  private static final String CNN = "cnn";
  private static final String RESNET = "resnet";

  private final Console console;

  @Option(names = "--optimizer", paramLabel = "\"NAME [SLOTS]\"", order = 1, description = "Update rule and layouts of all tensors. Default: ${DEFAULT-VALUE}.") String optimizer =
      "adam";

  @Option(names = "--lr", paramLabel = "RATE", order = 2, description = "Learning rate before the schedule. Default: the rule's own, below.")
  @Nullable Double learningRate;

  @Mixin Data data = new Data();

  @Mixin Network network = new Network();

  @Mixin RunArguments.Training training = new RunArguments.Training();

  @Mixin RunArguments.Output output = new RunArguments.Output();

  /** The images and how they are cut. */
  static final class Data {
    @Option(names = "--data", paramLabel = "DIR", required = true, description = {
      "A folder with the files of MNIST (train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-...; .gz too), the binary"
          + " files of CIFAR-10 (data_batch_1.bin, ..., test_batch.bin), or one .tar.gz of"
          + " train/<class>/<name>.jpg and test/<class>/<name>.jpg."
    }) Path data = Path.of("");

    @Option(names = "--batch", paramLabel = "N", description = "Images of a step. Default: ${DEFAULT-VALUE}.") int batch =
        64;
  }

  /** The shape of the network. */
  static final class Network {
    @Option(names = "--model", paramLabel = "cnn|resnet", description = {
      "cnn: two convolutions with pooling, two dense layers.",
      "resnet: a convolution, three residual blocks with group norms, the mean over all pixels, a dense layer."
          + " Default: ${DEFAULT-VALUE}."
    }) String model = CNN;

    @Option(names = "--width", paramLabel = "N", description = "Channels of the first convolution; those after it have"
        + " multiples. A multiple of 4 for a resnet. Default: ${DEFAULT-VALUE}.") int width = 16;
  }

  TrainImageCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    StepSpec spec = Errors.named("--optimizer", () -> StepSpec.parse(optimizer));
    ImageOptions options = options(spec);
    RunDirectory.validate(output.out);
    LmSession.checkPlatform(System.getProperty("os.name"), System.getProperty("os.arch"));
    ImageCorpus corpus = ImageCorpus.open(data.data, options.seed());
    ImageTraining.check(options, corpus);
    if (!output.quiet) {
      console.say(String.format(Locale.ROOT, "%s: %,d train images of %d x %d, %d classes", corpus.name(),
          corpus.train().size(), corpus.train().height(), corpus.train().width(), corpus.train().classes().size()));
    }
    RunDirectory directory = RunDirectory.create(output.out);
    ReportRun run = ConsoleRun.train(console, output.quiet, directory, progress -> {
      try (ImageTraining images = new ImageTraining(options, corpus, training.threads, progress)) {
        return images.run(spec.toString(), ConsoleRun.setup(console, options.seed(), spec), directory);
      }
    });
    ConsoleRun.finish(console, run, directory);
    return 0;
  }

  private ImageOptions options(StepSpec spec) {
    RunArguments.checkThreads(training.threads);
    ImageConfig config = switch (network.model) {
      case CNN -> new CnnConfig(network.width);
      case RESNET -> new ResNetConfig(network.width);
      default -> throw new IllegalArgumentException(
          "--model: " + Term.unknown("model", network.model, List.of(CNN, RESNET)));
    };
    float rate = learningRate == null ? spec.defaultLearningRate() : learningRate.floatValue();
    LmOptions.Optimization optimization =
        LmOptions.Optimization.withoutTables(spec, rate, training.schedule(), training.clip());
    return new ImageOptions(config, data.batch, optimization, training.length(0), training.seed);
  }
}
