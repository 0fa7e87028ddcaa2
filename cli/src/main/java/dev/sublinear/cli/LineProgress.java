/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import dev.sublinear.train.report.Numbers;
import dev.sublinear.train.report.TrainMetric;
import dev.sublinear.train.report.ValidationMetric;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Progress as a line every ten seconds and at every validation: for log files. */
final class LineProgress implements TrainingProgress {
  private static final long INTERVAL = TimeUnit.SECONDS.toNanos(10);

  private final Console console;
  private long steps;
  private String rate = "";
  private long started;
  private long shown;

  LineProgress(Console console) {
    this.console = console;
  }

  @Override
  public void started(long steps) {
    this.steps = steps;
    started = System.nanoTime();
    shown = started;
  }

  @Override
  public void logged(TrainMetric metric) {
    rate = ", " + Numbers.rate(metric.rate()) + " " + metric.at().unit() + "/s";
  }

  @Override
  public void stepped(long step, double loss) {
    long now = System.nanoTime();
    if (now - shown >= INTERVAL) {
      shown = now;
      double left = (now - started) / 1e9 / step * (steps - step);
      say(step, String.format(Locale.ROOT, "loss %.3f", loss) + rate + ", " + Numbers.duration(left) + " left");
    }
  }

  @Override
  public void validated(ValidationMetric metric) {
    shown = System.nanoTime();
    say(metric.at().step(), "validation " + metric.validation().text());
  }

  private void say(long step, String text) {
    console.say("step " + step + "/" + steps + ": " + text);
  }
}
