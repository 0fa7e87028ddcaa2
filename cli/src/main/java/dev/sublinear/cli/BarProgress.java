/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import dev.sublinear.train.report.Numbers;
import dev.sublinear.train.report.TrainMetric;
import dev.sublinear.train.report.ValidationMetric;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Progress as a bar with rate, loss and time left: for a person at a terminal. */
final class BarProgress implements TrainingProgress {
  private static final int INTERVAL_MILLIS = 250;

  private final Console console;
  private @Nullable ProgressBar bar;
  private String rate = "";
  private String score = "";

  BarProgress(Console console) {
    this.console = console;
  }

  @Override
  public void started(long steps) {
    bar = new ProgressBarBuilder()
        .setTaskName("training")
        .setInitialMax(steps)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(INTERVAL_MILLIS)
        .setConsumer(new ConsoleProgressBarConsumer(console.err(), console.columns() - 1))
        .build();
  }

  @Override
  public void stepped(long step, double loss) {
    if (bar != null) {
      bar.stepTo(step);
      bar.setExtraMessage(String.format(Locale.ROOT, " loss %.2f%s%s", loss, rate, score));
    }
  }

  @Override
  public void logged(TrainMetric metric) {
    rate = ", " + Numbers.rate(metric.rate()) + " " + metric.at().unit() + "/s";
  }

  @Override
  public void phase(String name) {
    if (bar != null) {
      bar.setExtraMessage(" " + name + rate + score);
    }
  }

  @Override
  public void validated(ValidationMetric metric) {
    score = ", " + metric.validation().text().replace("perplexity", "ppl");
  }

  @Override
  public void finished() {
    close();
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
