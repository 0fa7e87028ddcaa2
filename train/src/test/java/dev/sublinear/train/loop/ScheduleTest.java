/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
  @ParameterizedTest
  @CsvSource({
    "constant,1,1", "constant,100,1", "constant:warmup=10,5,0.5", "constant:warmup=10:shape=quadratic,5,0.25",
    "constant:warmup=10,10,1", "linear,100,0", "linear:end=0.1,100,0.1", "linear,50,0.5", "linear:warmup=20,60,0.5",
    "cosine,50,0.5", "cosine,100,0", "cosine:end=0.2,100,0.2", "cosine,25,0.8535533905932737",
    "constant:cooldown=10,90,1", "constant:cooldown=10,91,0.9", "constant:cooldown=10,100,0",
    "constant:warmup=20:shape=quadratic:cooldown=40,10,0.25", "constant:warmup=20:cooldown=40,70,0.75",
    "linear:cooldown=20,90,0.05", "constant:warmup=100:cooldown=100,50,0.25"
  })
  void factor_ofHundredSteps_followsTheForm(String schedule, long step, double expected) {
    assertEquals(expected, Schedule.parse(schedule).factor(step, 100, 0), 1e-12);
  }

  @Test
  void factor_plateau_isDividedByFourEachTime() {
    Schedule plateau = Schedule.parse("plateau");
    assertEquals(1, plateau.factor(7, 100, 0));
    assertEquals(0.25, plateau.factor(7, 100, 1));
    assertEquals(0.0625, plateau.factor(7, 100, 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "constant", "linear:end=0.1", "cosine:warmup=100:shape=quadratic", "plateau:warmup=5",
    "constant:warmup=5:shape=quadratic:cooldown=10"
  })
  void parse_ofText_isTheSameSchedule(String text) {
    Schedule schedule = Schedule.parse(text);
    assertEquals(schedule, Schedule.parse(schedule.toString()));
    assertEquals(text, schedule.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "cosin,did you mean 'cosine'", "linear:end=2,end 2.0", "linear:warmup=-1,warmup -1", "linear:warm=3,warmup",
    "linear:warmup=x,whole number", "constant:cooldown=-1,cooldown -1", "constant:cooldown=x,whole number"
  })
  void parse_ofNonsense_namesWhatIsLegal(String text, String part) {
    String message = assertThrows(IllegalArgumentException.class, () -> Schedule.parse(text)).getMessage();
    assertTrue(message.contains(part), message);
  }
}
