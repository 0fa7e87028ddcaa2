/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import dev.sublinear.matrix.online.OnlineMethod;
import dev.sublinear.matrix.online.OnlineMethods;
import dev.sublinear.matrix.online.OnlineOptions;
import dev.sublinear.train.data.Examples;
import dev.sublinear.train.data.LibsvmFile;
import dev.sublinear.train.loop.OnlinePass;
import dev.sublinear.train.loop.OnlineSearch;
import dev.sublinear.train.report.Json;
import dev.sublinear.train.report.TextTable;
import dev.sublinear.train.report.TextTable.Column;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code oco}: one pass of online logistic regression over a file, or a search of its rates. */
@Command(name = "oco", versionProvider = Version.class, sortOptions = false, synopsisHeading = "Usage: ", customSynopsis = {
  "./sublinear oco --data FILE --algorithm NAME --lr X [--sketch L] [--delta D] [--json]",
  "       ./sublinear oco --data FILE --algorithm NAME [--sketch L] --grid [--json]"}, header = "Online logistic regression by a sketched second-order method, or its rivals.", description = {
    "%nOne pass over the rows of a LIBSVM file, plain or gzip, in their order, from weights that are 0: each row is"
        + " predicted, its loss counted, and then the method takes its gradient. A bias that is always 1 is the last"
        + " feature; all is float64. A row is positive if its label is above 0, whatever the classes."
        + " An option that a method does not use is ignored."
  }, footerHeading = "%nExamples:%n", footer = {
    "  ./sublinear oco --data a9a --algorithm s-adagrad --sketch 10 --lr 0.42",
    "  ./sublinear oco --data a9a --algorithm ada-fd --sketch 10 --lr 0.01 --delta 1 --json",
    "  ./sublinear oco --data a9a --algorithm adagrad --grid",
    "Exit codes: 0 done, 2 bad usage or input, 1 anything else, such as a loss that is not finite."
  })
final class OcoCommand implements Callable<Integer> {
  /** Points of a search that are shown. */
  private static final int SHOWN = 5;

  private final Console console;

  @Option(names = "--data", paramLabel = "FILE", required = true, order = 1, description = "Examples in LIBSVM's format.") Path data =
      Path.of("");

  @Option(names = "--algorithm", paramLabel = "NAME", required = true, order = 2, completionCandidates = Names.class, description = "One of ${COMPLETION-CANDIDATES}.") String algorithm =
      "";

  @Option(names = "--sketch", paramLabel = "L", order = 3, description = "Rows of the sketch, 1 to d + 1, where d counts the features and the bias. Default: ${DEFAULT-VALUE}.") int sketch =
      10;

  @Option(names = "--lr", paramLabel = "X", order = 4, description = "The learning rate.")
  @Nullable Double learningRate;

  @Option(names = "--delta", paramLabel = "D", order = 5, description = "What the preconditioner begins with; above 0 for ada-fd and fd-son, which divide by it. Default: ${DEFAULT-VALUE}.") double delta;

  @Option(names = "--grid", order = 6, description = "Searches the published grid in place of --lr and --delta: 49 rates from 1e-6 to 1 with delta 0; for ada-fd and fd-son 7 rates by 7 deltas, 1e-6 to 1.") boolean grid;

  @Option(names = "--json", order = 7, description = "One flat JSON object on stdout and nothing else; of a search, its best pass.") boolean json;

  OcoCommand(Console console) {
    this.console = console;
  }

  /** The algorithms, for the help text. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return OnlineMethods.all().stream().map(OnlineMethod::name).iterator();
    }
  }

  /** What {@code --json} prints of a pass. */
  private record Pass(String algorithm, int rows, int features, double loss, double errorRate, double seconds) {}

  /** What {@code --json} prints of a search: its best pass and what that was made with. */
  private record BestPass(String algorithm, int rows, int features, double loss, double errorRate, double seconds,
      double lr, double delta) {}

  @Override
  public Integer call() throws IOException {
    OnlineMethod method = Errors.named("--algorithm", () -> OnlineMethods.named(algorithm));
    List<OnlineOptions> settings = settings(method);
    settings.forEach(method::check);
    Examples examples = LibsvmFile.read(data);
    List<OnlineSearch.Point> points =
        OnlineSearch.run(method, examples, settings, Runtime.getRuntime().availableProcessors());
    OnlineSearch.Point best = OnlineSearch.best(points);
    console.out().print(json ? Json.document(json(best)) : text(method, examples, points));
    if (!Double.isFinite(best.result().loss())) {
      throw new RunFailed("the loss was not finite" + (grid ? " at any setting" : "; try a smaller --lr"));
    }
    return 0;
  }

  private List<OnlineOptions> settings(OnlineMethod method) {
    if (grid) {
      return OnlineSearch.grid(method, sketch);
    }
    if (learningRate == null) {
      throw new IllegalArgumentException("--lr is missing: give a learning rate above 0, or --grid to search one");
    }
    return List.of(new OnlineOptions(sketch, learningRate, delta));
  }

  private Object json(OnlineSearch.Point point) {
    OnlinePass.Result result = point.result();
    return grid
        ? new BestPass(algorithm, result.rows(), result.features(), result.loss(), result.errorRate(),
            result.seconds(), point.options().learningRate(), point.options().delta())
        : new Pass(algorithm, result.rows(), result.features(), result.loss(), result.errorRate(), result.seconds());
  }

  private static String text(OnlineMethod method, Examples examples, List<OnlineSearch.Point> points) {
    TextTable table = new TextTable(List.of(Column.left("algorithm"), Column.right("sketch"), Column.right("lr"),
        Column.right("delta"), Column.right("loss / row"), Column.right("error rate"), Column.right("seconds")));
    points.stream().sorted(Comparator.comparingDouble(point -> point.result().loss())).limit(SHOWN)
        .forEach(point -> table.row(cells(method, point)));
    String head = String.format(Locale.ROOT, "%s: %,d rows, %,d features and a bias%n", examples.name(),
        examples.rows(), examples.features());
    String searched = points.size() == 1
        ? ""
        : "the best " + Math.min(SHOWN, points.size()) + " of " + points.size() + " settings\n";
    return head + searched + "\n" + table.render();
  }

  private static List<String> cells(OnlineMethod method, OnlineSearch.Point point) {
    OnlineOptions options = point.options();
    OnlinePass.Result result = point.result();
    boolean isFinite = Double.isFinite(result.loss());
    return List.of(method.name(), method.isSketched() ? Integer.toString(options.sketch()) : "",
        String.format(Locale.ROOT, "%.6g", options.learningRate()),
        String.format(Locale.ROOT, "%.3g", options.delta()),
        isFinite ? String.format(Locale.ROOT, "%.9f", result.loss()) : "diverged",
        isFinite ? String.format(Locale.ROOT, "%.6f", result.errorRate()) : "",
        String.format(Locale.ROOT, "%.2f", result.seconds()));
  }
}
