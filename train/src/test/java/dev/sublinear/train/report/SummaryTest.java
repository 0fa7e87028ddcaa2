/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SummaryTest {
  @Test
  void toJson_completedRun_exactKeysAndOrder() {
    String json = SampleRuns.completed("./sublinear train lm --steps 60").toJson();
    assertEquals(
        """
            {
              "command" : "./sublinear train lm --steps 60",
              "seed" : 42,
              "optimizer" : "adam",
              "state" : "m=count-sketch:0.2,v=count-min:0.2",
              "kernels" : "simd-512",
              "version" : "0.1.0",
              "corpus" : {
                "name" : "wordnet",
                "tokens" : 1480000,
                "vocabulary" : 55000,
                "unigramPerplexity" : {
                  "validation" : 812.3,
                  "test" : 809.1
                }
              },
              "model" : {
                "name" : "lstm",
                "embedding" : 128,
                "hidden" : 256
              },
              "status" : "completed",
              "steps" : 60,
              "seconds" : 12.5,
              "parametersSha256" : "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
              "peakRssBytes" : 1200000000,
              "train" : {
                "loss" : 5.1
              },
              "validation" : {
                "loss" : 5.0,
                "perplexity" : 148.4131591025766
              },
              "test" : {
                "loss" : 5.0,
                "perplexity" : 148.4131591025766
              },
              "bytes" : {
                "parameters" : 1010,
                "optimizerState" : 420,
                "optimizerStateDense" : 2020,
                "tables" : {
                  "parameters" : 1000,
                  "optimizerState" : 400,
                  "optimizerStateDense" : 2000
                }
              },
              "memory" : [ {
                "component" : "input table",
                "table" : true,
                "parameters" : 1000,
                "optimizerState" : 400,
                "optimizerStateDense" : 2000
              }, {
                "component" : "output bias",
                "table" : false,
                "parameters" : 10,
                "optimizerState" : 20,
                "optimizerStateDense" : 20
              } ],
              "throughput" : {
                "examplesPerSecond" : 15203.4,
                "stepMillisMedian" : 46.2,
                "optimizerMillisMedian" : 5.1,
                "stepMillisMean" : 47.3,
                "optimizerMillisMean" : 5.4
              }
            }
            """,
        json);
  }

  @Test
  void toJson_divergedRun_phasesAbsentAndNonFiniteNull() {
    JsonNode json = JsonMapper.shared().readTree(SampleRuns.diverged().toJson());
    assertEquals("diverged at step 7", json.get("status").stringValue());
    assertFalse(json.has("validation"));
    assertFalse(json.has("test"));
    assertFalse(json.has("throughput"));
    assertFalse(json.has("probe"));
    assertFalse(json.has("divergedAtStep"));
    assertTrue(json.get("train").get("loss").isNull());
  }

  @Test
  void toJson_infinitePerplexity_null() {
    assertEquals("{\"loss\":800.0,\"perplexity\":null}", Json.line(Summary.Score.ofLoss(800)));
  }
}
