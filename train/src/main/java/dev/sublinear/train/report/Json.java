/* SPDX-License-Identifier: Apache-2.0 */
package dev.sublinear.train.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * The JSON that this project writes: keys in declaration order, an absent value has no key, a number that is not finite
 * is null. Thread-safe.
 */
public final class Json {
  private static final JsonMapper COMPACT =
      JsonMapper.builder()
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .changeDefaultPropertyInclusion(
              inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
          .addModule(
              new SimpleModule()
                  .addSerializer(double.class, new FiniteOrNull())
                  .addSerializer(Double.class, new FiniteOrNull()))
          .build();

  private static final JsonMapper PRETTY = COMPACT.rebuild().enable(SerializationFeature.INDENT_OUTPUT).build();

  private Json() {}

  /** One line, without a line end. */
  static String line(Object value) {
    return COMPACT.writeValueAsString(value);
  }

  /** Indented, with {@code \n} at the end. */
  public static String document(Object value) {
    return PRETTY.writeValueAsString(value).replace(System.lineSeparator(), "\n") + "\n";
  }

  /**
   * One line that is safe inside an HTML script element: no {@code <}, {@code >} or {@code &} and none of the two line
   * separators that older script parsers end a line at. All of them occur only inside JSON strings, so escaping the
   * text keeps the value.
   */
  static String forScriptElement(Object value) {
    return line(value)
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029");
  }

  /** JSON has no NaN and no infinity; Jackson would write them as strings, which readers then trip over. */
  private static final class FiniteOrNull extends StdSerializer<Double> {
    FiniteOrNull() {
      super(Double.class);
    }

    @Override
    public void serialize(Double value, JsonGenerator out, SerializationContext context) {
      if (Double.isFinite(value)) {
        out.writeNumber(value);
      } else {
        out.writeNull();
      }
    }
  }
}
