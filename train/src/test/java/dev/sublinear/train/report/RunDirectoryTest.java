/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunDirectoryTest {
  private static final LocalDateTime TIME = LocalDateTime.of(2026, 11, 22, 8, 30, 12);

  @TempDir Path temp;

  @Test
  void fresh_sameSecond_numbersRise() {
    Path runs = temp.resolve("runs");
    assertEquals(runs.resolve("20261122-083012-1"), RunDirectory.fresh(runs, TIME).path());
    assertEquals(runs.resolve("20261122-083012-2"), RunDirectory.fresh(runs, TIME).path());
  }

  @Test
  void fresh_manyThreads_neverShared() throws Exception {
    Path runs = temp.resolve("runs");
    Set<Path> made = new HashSet<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
      Callable<Path> create = () -> RunDirectory.fresh(runs, TIME).path();
      for (Future<Path> path : pool.invokeAll(Stream.generate(() -> create).limit(64).toList())) {
        made.add(path.get());
      }
    }
    assertEquals(64, made.size());
  }

  @Test
  void create_missingPath_createdWithParents() {
    Path out = temp.resolve("a/b");
    RunDirectory.validate(out);
    assertFalse(Files.exists(temp.resolve("a")));
    assertTrue(Files.isDirectory(RunDirectory.create(out).path()));
  }

  @Test
  void create_otherFilesInside_accepted() throws IOException {
    Files.writeString(temp.resolve("notes.txt"), "x");
    assertEquals(temp, RunDirectory.create(temp).path());
  }

  @ParameterizedTest
  @ValueSource(strings = {"summary.json", "metrics.jsonl", "report.html"})
  void create_holdsRun_refused(String file) throws IOException {
    Files.writeString(temp.resolve(file), "x");
    assertRefused(temp, temp + " already holds a run (" + file + "): choose another --out or remove that run");
  }

  @Test
  void create_isFile_refused() throws IOException {
    Path file = Files.writeString(temp.resolve("f"), "x");
    assertRefused(file, file + " is not a directory: choose another --out");
  }

  @Test
  void create_belowFile_refused() throws IOException {
    Path file = Files.writeString(temp.resolve("f"), "x");
    Path out = file.resolve("g");
    assertRefused(out, out + " cannot be created (" + file + " is not a writable directory): choose another --out");
  }

  @Test
  void create_fileSystemRefuses_refused() {
    Path out = Path.of("/proc/self/run");
    assumeTrue(Files.isDirectory(Path.of("/proc/self/task")), "/proc is not here");
    // Refused to root as well, whose permission check says yes.
    assertThrows(IllegalArgumentException.class, () -> RunDirectory.create(out));
  }

  private static void assertRefused(Path out, String message) {
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, () -> RunDirectory.validate(out)).getMessage());
    assertEquals(message, assertThrows(IllegalArgumentException.class, () -> RunDirectory.create(out)).getMessage());
  }

  @Test
  void openMetrics_twice_refused() {
    RunDirectory run = RunDirectory.create(temp);
    try (MetricsLog first = run.openMetrics()) {
      first.add(SampleRuns.train(1, 2));
      assertThrows(IllegalArgumentException.class, run::openMetrics);
    }
  }

  @Test
  void child_legalName_directoryInside() {
    RunDirectory run = RunDirectory.create(temp);
    assertEquals(temp.resolve("1-adam"), run.child("1-adam").path());
    assertThrows(IllegalArgumentException.class, () -> run.child("../x"));
    assertThrows(IllegalArgumentException.class, () -> run.child(""));
  }

  @Test
  void write_twice_replacedAndNothingLeftBeside() throws IOException {
    RunDirectory run = RunDirectory.create(temp);
    run.writeReport("old and longer");
    run.writeReport("new");
    run.writeSummary(SampleRuns.completed("c"));
    assertEquals("new", Files.readString(run.reportFile()));
    assertEquals(SampleRuns.completed("c").toJson(), Files.readString(run.summaryFile()));
    try (Stream<Path> files = Files.list(temp)) {
      assertEquals(
          Set.copyOf(List.of("report.html", "summary.json")),
          files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()));
    }
  }
}
