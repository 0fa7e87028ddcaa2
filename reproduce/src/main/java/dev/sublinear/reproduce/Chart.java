/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.reproduce;

import dev.sublinear.train.report.ReportRun;
import dev.sublinear.train.report.ValidationMetric;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Curves over one axis, as a picture. Not thread-safe. */
final class Chart {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 420;

  private final String title;
  private final XYChart chart;
  private boolean logarithmicX;
  private boolean logarithmicY;
  private double most = Double.POSITIVE_INFINITY;

  /** Without curves yet. */
  Chart(String title, String x, String y) {
    this.title = title;
    chart = new XYChartBuilder().title(title).xAxisTitle(x).yAxisTitle(y).width(WIDTH).height(HEIGHT).build();
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE).setDecimalPattern("#,##0.####");
  }

  /** The title. */
  String title() {
    return title;
  }

  /** Both axes, or one, by powers of ten. */
  Chart logarithmic(boolean x, boolean y) {
    logarithmicX = x;
    logarithmicY = y;
    chart.getStyler().setXAxisLogarithmic(x).setYAxisLogarithmic(y);
    return this;
  }

  /** Curves end at {@code y}: one method that runs away would flatten all others. */
  Chart upTo(double y) {
    most = y;
    return this;
  }

  /**
   * Adds a curve; points that are not finite, have no logarithm or are beyond {@link #upTo} are left out, and so is a
   * curve without points.
   */
  Chart curve(String name, List<Double> x, List<Double> y, boolean hasMarkers) {
    List<Double> xs = new ArrayList<>();
    List<Double> ys = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      boolean hasPlace = (!logarithmicX || x.get(i) > 0) && (!logarithmicY || y.get(i) > 0);
      if (Double.isFinite(y.get(i)) && y.get(i) <= most && hasPlace) {
        xs.add(x.get(i));
        ys.add(y.get(i));
      }
    }
    if (!xs.isEmpty()) {
      chart.addSeries(name, xs, ys).setMarker(hasMarkers ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
    }
    return this;
  }

  /** Adds the validation loss of a training by step. */
  Chart validation(String name, ReportRun run) {
    List<ValidationMetric> metrics = run.metrics(ValidationMetric.class);
    return curve(name, metrics.stream().map(metric -> (double) metric.at().step()).toList(),
        metrics.stream().map(metric -> metric.validation().loss()).toList(), true);
  }

  /** Writes a PNG. */
  void write(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      ImageIO.write(BitmapEncoder.getBufferedImage(chart), "png", out);
    }
  }
}
