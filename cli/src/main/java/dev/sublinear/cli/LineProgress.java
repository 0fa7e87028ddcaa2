/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.cli;

import dev.sublinear.train.report.TrainMetric;
import dev.sublinear.train.report.ValidationMetric;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Progress as a line every ten seconds and at every validation: for log files. */
final class LineProgress implements TrainingProgress {
  private static final long INTERVAL = TimeUnit.SECONDS.toNanos(10);

  private final Console console;
  private long steps;
  private double tokensPerSecond;
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
    tokensPerSecond = metric.tokensPerSecond();
  }

  @Override
  public void stepped(long step, double loss) {
    long now = System.nanoTime();
    if (now - shown >= INTERVAL) {
      shown = now;
      double left = (now - started) / 1e9 / step * (steps - step);
      String rate = tokensPerSecond == 0 ? "" : String.format(Locale.ROOT, ", %,.0f tokens/s", tokensPerSecond);
      say(step, String.format(Locale.ROOT, "loss %.3f%s, %.0f s left", loss, rate, left));
    }
  }

  @Override
  public void validated(ValidationMetric metric) {
    shown = System.nanoTime();
    say(metric.at().step(),
        String.format(Locale.ROOT, "validation perplexity %,.2f", metric.validation().perplexity()));
  }

  private void say(long step, String text) {
    console.say("step " + step + "/" + steps + ": " + text);
  }
}
