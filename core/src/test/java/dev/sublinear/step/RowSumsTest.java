/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunks of rows: no two threads add to one. */
class RowSumsTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 255, 4095, 4096, 4097, 10_000, 99_991})
  void first_anyParts_cutsBetweenChunks(long rows) {
    for (int parts : new int[] {1, 2, 3, 5, 96, 5_000}) {
      assertEquals(0, RowSums.first(rows, 0, parts));
      assertEquals(rows, RowSums.first(rows, parts, parts));
      for (int part = 1; part < parts; part++) {
        long cut = RowSums.first(rows, part, parts);
        assertTrue(cut >= RowSums.first(rows, part - 1, parts), rows + " rows, part " + part + " of " + parts);
        if (cut > 0 && cut < rows) {
          assertTrue(RowSums.place(cut - 1, rows) < RowSums.place(cut, rows),
              rows + " rows, cut at " + cut + " of " + parts + " parts");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 4095, 4097, 99_991})
  void place_ascends_withinTheArray(long rows) {
    int last = new RowSums().array().length - 1;
    int before = 0;
    for (long i = 0; i < rows; i++) {
      int place = RowSums.place(i, rows);
      assertTrue(place >= before && place < last, "row " + i + " of " + rows + " at " + place);
      before = place;
    }
  }
}
