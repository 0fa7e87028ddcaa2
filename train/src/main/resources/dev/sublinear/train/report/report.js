/* SPDX-License-Identifier: Apache-2.0 */
/* Places the data of a report on its page. Text only ever enters the page as text, never as markup. */
(function () {
  "use strict";

  const COLOURS = 8;
  const HEIGHT = 276;
  const data = JSON.parse(document.getElementById("data").textContent);
  const runs = data.runs;
  const single = runs.length === 1;
  const hidden = runs.map(() => false);
  const lastStep = runs
    .flatMap((run) => Object.values(run.curves).map((curve) => curve.x[curve.x.length - 1] || 0))
    .reduce((a, b) => Math.max(a, b), 0);
  /** Every table and slot that some run probed. */
  const probed = [...new Map(runs.flatMap((run) => run.probe).map((p) => [p.table + " " + p.slot, p])).values()];
  let charts = [];

  /** An element with a class and children, each an element or a text; null ones are left out. */
  function make(tag, className, ...children) {
    const element = document.createElement(tag);
    if (className) {
      element.className = className;
    }
    element.append(...children.filter((child) => child !== null));
    return element;
  }

  function byId(id) {
    return document.getElementById(id);
  }

  function colour(index) {
    return "var(--s" + (index % COLOURS) + ")";
  }

  function dashed(index) {
    return index >= 4;
  }

  function swatch(index) {
    const line = make("i", dashed(index) ? "swatch dashed" : "swatch");
    line.style.setProperty("--c", colour(index));
    return line;
  }

  function name(run, index) {
    return make("span", "name", swatch(index), make("span", "mono", run.label));
  }

  /** A number with thousands separators and about as many digits as `like` needs to be told from its neighbours. */
  function number(value, like) {
    const size = Math.abs(like === undefined ? value : like);
    if (size > 0 && size < 0.1) {
      return value.toLocaleString("en-US", { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
    }
    const digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3;
    return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }

  function banners() {
    for (const run of runs) {
      if (run.diverged) {
        const head = single ? "This run " : run.label + " ";
        const [what, why] = run.diverged.split(": ");
        byId("banners").append(make("p", "banner", make("strong", "", head + what), ": " + why + "."));
      }
    }
  }

  function results() {
    if (data.headline.length > 0) {
      const list = make("dl", "tiles");
      for (const tile of data.headline) {
        const value = make("dd", "", make("div", "value", tile.text), make("div", "note", tile.note));
        list.append(make("div", "", make("dt", "", tile.title), value));
      }
      byId("results").append(list);
      return;
    }
    const body = make("tbody", "");
    runs.forEach((run, r) => {
      const cells = run.figures.map((figure) => make("td", figure.best ? "best" : "", figure.text));
      body.append(make("tr", "", make("td", "", name(run, r)), ...cells));
    });
    if (data.baseline) {
      const cells = data.baseline.map((text) => make("td", "", text));
      body.append(make("tr", "muted", make("td", "", "word counts alone"), ...cells));
    }
    const head = make("tr", "", make("th", "", "run"), ...data.figures.map((title) => make("th", "", title)));
    byId("results").append(make("div", "scroll", make("table", "results", make("thead", "", head), body)));
  }

  function legend() {
    if (single) {
      return;
    }
    runs.forEach((run, r) => {
      const button = make("button", "", name(run, r));
      button.type = "button";
      button.title = "Show or hide this run in the curves";
      button.setAttribute("aria-pressed", "true");
      button.addEventListener("click", () => {
        hidden[r] = !hidden[r];
        button.setAttribute("aria-pressed", String(!hidden[r]));
        charts.forEach((chart) => chart.setSeries(r + 1, { show: !hidden[r] }));
      });
      byId("legend").append(button);
    });
    const hint = "Click a name to hide it, drag across a curve to zoom, double-click to reset.";
    byId("legend").append(make("span", "hint", hint));
  }

  /** The colour a custom property stands for now: a canvas understands neither var() nor light-dark(). */
  function resolve(variable) {
    const probe = make("span", "");
    probe.style.color = variable;
    document.body.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  }

  /** The box that names the step and each visible run's value nearest to it. */
  function tooltip() {
    const box = make("div", "tip");
    box.hidden = true;
    return {
      hooks: {
        init: (chart) => chart.over.append(box),
        setCursor: (chart) => {
          const { idx, left, top } = chart.cursor;
          // Cursors move together in all charts; the box belongs to the one under the pointer.
          if (idx === null || idx === undefined || left < 0 || !chart.over.matches(":hover")) {
            box.hidden = true;
            return;
          }
          box.replaceChildren(make("div", "", "step " + chart.data[0][idx].toLocaleString("en-US")));
          runs.forEach((run, r) => {
            const value = nearest(chart.data[r + 1], idx);
            if (value !== null && !hidden[r]) {
              const label = single ? null : make("span", "mono", run.label);
              box.append(make("div", "", swatch(r), label, make("b", "", number(value))));
            }
          });
          box.hidden = false;
          const right = left + 16 + box.offsetWidth > chart.over.clientWidth;
          const x = right ? Math.max(0, left - 16 - box.offsetWidth) : left + 16;
          const y = Math.max(0, Math.min(top - 12, chart.over.clientHeight - box.offsetHeight));
          box.style.transform = "translate(" + x + "px, " + y + "px)";
        },
      },
    };
  }

  function nearest(values, index) {
    for (let d = 0; d < values.length; d++) {
      for (const i of [index - d, index + d]) {
        if (values[i] !== null && values[i] !== undefined) {
          return values[i];
        }
      }
    }
    return null;
  }

  function present(values) {
    return values.filter((value) => value !== null);
  }

  /** One panel of curves, or a sentence saying that there is nothing to draw. */
  function chart(id, curve, missing, zeroBased) {
    const place = byId(id);
    place.replaceChildren();
    const all = runs.flatMap((run) => present(curve(run).y));
    if (all.length === 0) {
      place.append(make("p", "empty", missing));
      return null;
    }
    // Not Math.min(...all): a long run has more points than a call may have arguments.
    const least = all.reduce((a, b) => Math.min(a, b));
    const most = all.reduce((a, b) => Math.max(a, b));
    const log = !zeroBased && least > 0 && most > 10 * least;
    const title = place.parentElement.querySelector("h2");
    title.querySelectorAll(".scale").forEach((old) => old.remove());
    if (log) {
      title.append(make("small", "scale", " logarithmic scale"));
    }
    place.setAttribute("role", "img");
    const extent = " against step, from " + number(least) + " to " + number(most);
    place.setAttribute("aria-label", title.textContent + extent);

    const quiet = resolve("var(--quiet)");
    const grid = resolve("var(--grid)");
    const panel = resolve("var(--panel)");
    const font = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif';
    const joined = uPlot.join(runs.map((run) => [curve(run).x, curve(run).y]));
    const axis = { stroke: quiet, font: font, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
    const series = runs.map((run, r) => {
      const count = present(curve(run).y).length;
      const ink = resolve(colour(r));
      return {
        label: run.label,
        show: !hidden[r],
        stroke: ink,
        width: count > 150 ? 1.5 : 2,
        dash: dashed(r) ? [7, 4] : undefined,
        points: { show: count <= 40, size: count === 1 ? 9 : 7, stroke: panel, fill: ink, width: 1.5 },
      };
    });
    return new uPlot(
      {
        width: place.clientWidth,
        height: HEIGHT,
        padding: [10, 24, 0, 0],
        legend: { show: false },
        cursor: {
          y: false,
          drag: { x: true, y: false },
          points: { size: 7 },
          sync: { key: "step", scales: ["x", null] },
        },
        scales: {
          // All charts span all steps of all runs, so that they line up; only a zoom asks for anything else.
          x: {
            time: false,
            range: (u, min, max) =>
              min === joined[0][0] && max === joined[0][joined[0].length - 1] ? [0, lastStep || 1] : [min, max],
          },
          y: log
            ? { distr: 3, range: (u, min, max) => (min > 0 ? [min / 1.15, max * 1.15] : [1, 10]) }
            : { range: (u, min, max) => range(min, max, zeroBased) },
        },
        axes: [
          Object.assign(
            {
              space: 70,
              size: 26,
              gap: 6,
              label: "step",
              labelSize: 20,
              labelGap: 0,
              labelFont: font,
              values: (u, splits) => splits.map(step),
            },
            axis,
          ),
          Object.assign(
            {
              space: 34,
              size: 56,
              values: (u, splits) => splits.map((v) => (v === null ? "" : v.toLocaleString("en-US", { maximumSignificantDigits: 6 }))),
            },
            axis,
            log ? { splits: (u, index, min, max) => logTicks(min, max) } : {},
          ),
        ],
        series: [{}].concat(series),
        plugins: [tooltip()],
      },
      joined,
      place,
    );
  }

  function step(value) {
    return Number.isInteger(value) ? value.toLocaleString("en-US") : "";
  }

  /** 1, 2 and 5 times the powers of ten; zoomed in to less than that shows, round numbers at equal distances. */
  function logTicks(min, max) {
    const ticks = [];
    if (max > 5 * min) {
      for (let power = Math.floor(Math.log10(min)); 10 ** power <= max; power++) {
        ticks.push(...[1, 2, 5].map((digit) => digit * 10 ** power));
      }
      const sparse = max > 2000 * min ? ticks.filter((tick) => /^1e/.test(tick.toExponential())) : ticks;
      return sparse.filter((tick) => tick >= min && tick <= max);
    }
    const rough = (max - min) / 4;
    const power = 10 ** Math.floor(Math.log10(rough));
    const gap = power * [1, 2, 5, 10].find((digit) => digit * power >= rough);
    for (let tick = Math.ceil(min / gap) * gap; tick <= max; tick += gap) {
      ticks.push(Number(tick.toPrecision(12)));
    }
    return ticks;
  }

  function range(min, max, zeroBased) {
    if (min === null || min === undefined) {
      return [0, 1];
    }
    if (zeroBased) {
      return [0, max > 0 ? max * 1.12 : 1];
    }
    const margin = max > min ? 0.08 * (max - min) : 0.1 * Math.abs(max) || 1;
    return [min - margin, max + margin];
  }

  /** A run's probe of one table and slot; undefined where its optimizer has no such slot. */
  function probeOf(run, slot) {
    return run.probe.find((other) => other.table === slot.table && other.slot === slot.slot);
  }

  /** Relative errors by step; an error of 0 is left out, since it has no place on a logarithmic scale. */
  function errors(run, slot) {
    const found = probeOf(run, slot);
    return found ? { x: found.error.x, y: found.error.y.map((value) => value || null) } : { x: [], y: [] };
  }

  /** A panel for each probed slot, its curves drawn later, and a table of the last errors. */
  function probe() {
    if (probed.length === 0) {
      return;
    }
    const grid = make("div", "grid");
    probed.forEach((slot, p) => {
      const place = make("div", "chart");
      place.id = "probe-" + p;
      const title = make("h2", "", "Error of " + slot.slot + " in " + slot.table + " ", make("small", "", "relative, l2"));
      grid.append(make("section", "panel", title, place));
    });
    byId("probe").append(grid);
    const titles = (single ? [] : ["run"]).concat(["table", "slot", "relative error", "over-estimate"]);
    const body = make("tbody", "");
    // The runs of one slot below each other: that is what one compares.
    probed.forEach((slot) => {
      runs.forEach((run, r) => {
        const found = probeOf(run, slot);
        if (found) {
          const cells = [slot.table, slot.slot, found.relativeError, found.overEstimate];
          const row = single ? cells : [name(run, r)].concat(cells);
          body.append(make("tr", "", ...row.map((cell) => make("td", "", cell))));
        }
      });
    });
    const head = make("tr", "", ...titles.map((title) => make("th", "", title)));
    const table = make("table", "results", make("thead", "", head), body);
    const title = make("h2", "", "Probed moments ", make("small", "", "at the last logged step, against exact ones"));
    byId("probe").append(make("section", "panel", title, make("div", "scroll", table)));
  }

  function draw() {
    charts.forEach((old) => old.destroy());
    charts = [
      chart("loss", (run) => run.curves.loss, "No training loss was logged.", false),
      chart("score", (run) => run.curves.score, "The validation data were not evaluated.", false),
      chart("rate", (run) => run.curves.rate, "No throughput was logged.", true),
      ...probed.map((slot, p) =>
        chart("probe-" + p, (run) => errors(run, slot), "Every probed moment is exact.", false),
      ),
    ].filter((drawn) => drawn !== null);
  }

  function resize() {
    charts.forEach((drawn) => drawn.setSize({ width: drawn.root.parentElement.clientWidth, height: HEIGHT }));
  }

  /** A track cut into pieces, each a fill and an amount; `share` of the room there is, in 0..1. */
  function track(pieces, share) {
    const line = make("i", "track");
    line.style.setProperty("--share", String(share));
    for (const [fill, amount] of pieces) {
      const part = make("span", fill);
      part.style.flexGrow = String(amount);
      line.append(part);
    }
    return line;
  }

  /** A track of one piece with its text behind it. */
  function bar(fill, amount, most, text) {
    return make("div", "bar", track([[fill, 1]], most > 0 ? amount / most : 0), make("span", "", text));
  }

  function keys(entries) {
    return make("p", "keys", ...entries.map(([fill, text]) => make("span", "", make("i", fill), text)));
  }

  function memoryBars(label, memory, index, most) {
    const block = make("div", "");
    block.style.setProperty("--c", colour(index));
    block.append(
      bar("fill-parameters", memory.parameters.bytes, most, memory.parameters.text),
      bar("fill-state", memory.state.bytes, most, make("b", "", memory.state.text)),
      bar("fill-dense", memory.dense.bytes, most, memory.dense.text),
    );
    return [make("div", "label", label), block];
  }

  function memory() {
    const place = byId("memory");
    const shown = single ? runs[0].memory : runs.map((run) => run.memory[0]);
    const sizes = shown.flatMap((m) => [m.parameters.bytes, m.state.bytes, m.dense.bytes]);
    const most = Math.max(0, ...sizes);
    byId("memory-note").textContent = single ? "by component" : "in total";
    const key = keys([
      ["fill-parameters", "parameters"],
      ["fill-state", "optimizer state"],
      ["fill-dense", "the same optimizer with dense layouts"],
    ]);
    key.style.setProperty("--c", colour(0));
    const bars = make("div", "bars");
    if (single) {
      shown.forEach((m) => bars.append(...memoryBars(m.component, m, 0, most)));
    } else {
      runs.forEach((run, r) => bars.append(...memoryBars(name(run, r), run.memory[0], r, most)));
    }
    place.append(key, bars);
    if (!single) {
      place.append(memoryTable());
    }
  }

  /** Optimizer state by component and run. */
  function memoryTable() {
    const components = [...new Set(runs.flatMap((run) => run.memory.slice(1).map((m) => m.component)))];
    const head = make("tr", "", make("th", "", "optimizer state"), ...components.map((c) => make("th", "", c)));
    const body = make("tbody", "");
    runs.forEach((run, r) => {
      const cells = components.map((component) => {
        const found = run.memory.slice(1).find((m) => m.component === component);
        return make("td", "", found ? found.state.text : "–");
      });
      body.append(make("tr", "", make("td", "", name(run, r)), ...cells));
    });
    return make("div", "scroll after", make("table", "results", make("thead", "", head), body));
  }

  function steps() {
    const place = byId("step");
    const timed = runs.map((run, r) => [run, r]).filter(([run]) => run.step && run.step.millis !== null);
    if (timed.length === 0) {
      place.append(make("p", "empty", "No step was timed."));
      return;
    }
    const most = Math.max(...timed.map(([run]) => run.step.millis));
    const key = keys([
      ["fill-state", "optimizer"],
      ["fill-parameters", "the rest: data, model, gradients"],
    ]);
    key.style.setProperty("--c", colour(0));
    place.append(key);
    for (const [run, r] of timed) {
      const { optimizer, rest } = run.step;
      const pieces = [
        ["fill-state", optimizer.millis],
        ["fill-parameters", rest.millis],
      ];
      const text = make("span", "", make("b", "", run.step.text), ", optimizer " + optimizer.text);
      const block = make("div", "step", single ? null : make("div", "line", name(run, r), text));
      block.style.setProperty("--c", colour(r));
      block.append(track(pieces, run.step.millis / most));
      place.append(block);
    }
    if (single) {
      const { optimizer, rest, text } = runs[0].step;
      const row = (...cells) => make("tr", "", ...cells.map((cell) => make("td", "", cell)));
      place.append(
        make(
          "table",
          "results parts",
          make(
            "tbody",
            "",
            row("optimizer", optimizer.text, optimizer.share),
            row("the rest", rest.text, rest.share),
            row("whole step", text, ""),
          ),
        ),
      );
    }
  }

  /** One row per fact; a value all runs share stands once. */
  function facts() {
    const table = make("table", "facts");
    if (!single) {
      const names = runs.map((run, r) => make("th", "", name(run, r)));
      table.append(make("thead", "", make("tr", "", make("th", ""), ...names)));
    }
    const body = make("tbody", "");
    data.facts.forEach((title, f) => {
      const values = runs.map((run) => run.facts[f]);
      const shared = values.every((fact) => (fact.full || fact.text) === (values[0].full || values[0].text));
      const cells = (shared ? values.slice(0, 1) : values).map((fact) => {
        const cell = make("td", "", fact.text);
        cell.title = fact.full || "";
        return cell;
      });
      if (shared) {
        cells[0].colSpan = runs.length;
      }
      body.append(make("tr", "", make("th", "", title), ...cells));
    });
    table.append(body);
    byId("facts").append(table);
  }

  function command() {
    // Each word a box of its own, so that lines break between words and not after the hyphens of an option.
    const words = byId("command").textContent.split(/(\s+)/);
    byId("command").replaceChildren(...words.map((word) => (word.trim() === "" ? word : make("span", "word", word))));
    const button = byId("copy");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(byId("command").textContent);
        button.textContent = "Copied";
      } catch (refused) {
        getSelection().selectAllChildren(byId("command"));
        button.textContent = "Selected";
      }
      setTimeout(() => (button.textContent = "Copy"), 1600);
    });
  }

  function theme() {
    const root = document.documentElement;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
    // Paper is white: canvases have to be drawn again, in the light colours and the width of a page.
    addEventListener("beforeprint", () => {
      root.dataset.theme = "light";
      draw();
      charts.forEach((drawn) => drawn.setSize({ width: 640, height: 220 }));
    });
    addEventListener("afterprint", () => {
      delete root.dataset.theme;
      draw();
    });
    addEventListener("resize", resize);
  }

  byId("rate-unit").textContent = data.rateUnit;
  banners();
  results();
  legend();
  memory();
  probe();
  steps();
  facts();
  command();
  theme();
  draw();
})();
