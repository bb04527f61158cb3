/* The page "Try it": four figures become small machines. Without scripts, and in print,
   the figures stay as they are. Everything is computed here, as in
   helpers/studies/try_it.py; nothing is loaded or sent. */
(() => {
  "use strict";

  // Small helpers: elements, numbers, a drawing.
  const SVG = "http://www.w3.org/2000/svg";
  const make = (name, attributes = {}, text = "") => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = text;
    return element;
  };
  const draw = (parent, name, attributes = {}, text = "") => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = text;
    parent.append(element);
    return element;
  };
  const shown = (value, digits = 2) => {
    const text = value.toFixed(digits);
    return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
  };
  const mean = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;

  class Machine {
    constructor(figure, label, width, height) {
      this.box = make("div", { class: "try-it", role: "group", "aria-label": label });
      this.controls = make("div", { class: "try-controls" });
      this.picture = document.createElementNS(SVG, "svg");
      this.picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
      this.picture.setAttribute("role", "img");
      this.answer = make("p", { class: "try-answer", "aria-live": "polite" });
      this.box.append(this.controls, this.picture, this.answer);
      const still = figure.querySelector("img");
      still.classList.add("try-still");
      still.after(this.box);
      this.values = {};
    }
    range(name, label, [low, high, step, start]) {
      const line = make("label", {}, `${label} `);
      const input = make("input", { type: "range", min: low, max: high, step, value: start });
      const value = make("output", {}, shown(start, 1));
      this.values[name] = start;
      input.addEventListener("input", () => {
        this.values[name] = Number(input.value);
        value.textContent = shown(this.values[name], 1);
        this.update();
      });
      line.append(input, value);
      this.controls.append(line);
    }
    check(name, label, start) {
      const line = make("label");
      const input = make("input", { type: "checkbox" });
      input.checked = this.values[name] = start;
      input.addEventListener("change", () => {
        this.values[name] = input.checked;
        this.update();
      });
      line.append(input, ` ${label}`);
      this.controls.append(line);
    }
    button(label, action) {
      const button = make("button", { type: "button" }, label);
      button.addEventListener("click", () => { action(); this.update(); });
      this.controls.append(button);
    }
    update() {
      this.picture.replaceChildren();
      const said = this.show(this.values);
      this.answer.textContent = said;
      this.picture.setAttribute("aria-label", said);
    }
  }

  // Least squares by the normal equations and Gauss-Jordan elimination with pivots.
  function fit(columns, y) {
    const k = columns.length;
    const rows = columns.map((a) => [
      ...columns.map((b) => a.reduce((sum, v, i) => sum + v * b[i], 0)),
      a.reduce((sum, v, i) => sum + v * y[i], 0),
    ]);
    for (let c = 0; c < k; c++) {
      let best = c;
      for (let r = c; r < k; r++) if (Math.abs(rows[r][c]) > Math.abs(rows[best][c])) best = r;
      [rows[c], rows[best]] = [rows[best], rows[c]];
      for (let r = 0; r < k; r++) {
        if (r === c) continue;
        const factor = rows[r][c] / rows[c][c];
        rows[r] = rows[r].map((v, i) => v - factor * rows[c][i]);
      }
    }
    return rows.map((row, c) => row[k] / row[c]);
  }

  // 1. Knock out a motif.
  const SEQUENCE = "CTTGCCGGCAGATAAGCGCGACGTGCAACATCTGGCCCTTAGAC";
  const MOTIFS = [
    { letters: "CAGATAAG", start: 8, instead: "TCCTCGCA", name: "GATA" },
    { letters: "AACATCTG", start: 26, instead: "ACGACTCC", name: "E-box" },
  ];
  const MATCH = Math.log(0.94 / 0.25), MISMATCH = Math.log(0.02 / 0.25);

  function letters(kept) {
    return MOTIFS.reduce((text, motif, k) => kept[k] ? text :
      text.slice(0, motif.start) + motif.instead + text.slice(motif.start + 8), SEQUENCE);
  }
  function count(text, strength) {
    let occupancy = 0;
    for (const motif of MOTIFS)
      for (let i = 0; i + 8 <= text.length; i++) {
        let score = 0;
        for (let j = 0; j < 8; j++) score += text[i + j] === motif.letters[j] ? MATCH : MISMATCH;
        occupancy += 1 / (1 + Math.exp(-score));
      }
    return 100 * occupancy * (0.6 * Math.sqrt(occupancy)) ** strength;
  }
  function knockOut(figure) {
    const machine = new Machine(figure, "Knock out a motif", 400, 170);
    machine.check("first", "keep GATA (first motif)", true);
    machine.check("second", "keep E-box (second motif)", true);
    machine.range("strength", "strength of the interaction", [0, 1, 0.1, 1]);
    machine.show = ({ first, second, strength }) => {
      const kept = [first, second], text = letters(kept);
      [...text].forEach((letter, i) => {
        const inside = MOTIFS.findIndex((m) => i >= m.start && i < m.start + 8);
        const style = inside < 0 ? "" : kept[inside] ? `try-motif-${inside}` : "try-gone";
        draw(machine.picture, "text",
          { x: 8 + 17.6 * (i % 22), y: i < 22 ? 22 : 46, class: `try-letter ${style}` }, letter);
      });
      const f = (a, b) => count(letters([a, b]), strength);
      const bars = [["neither", f(0, 0)], ["GATA", f(1, 0)], ["E-box", f(0, 1)], ["both", f(1, 1)]];
      bars.forEach(([name, value], i) => {
        const on = i === (first ? 1 : 0) + (second ? 2 : 0), y = 66 + 26 * i;
        draw(machine.picture, "text", { x: 6, y: y + 13, class: "try-text" }, name);
        draw(machine.picture, "rect", { x: 64, y, width: 2 + 1.25 * value, height: 18,
          class: on ? "try-b" : "try-quiet" });
        draw(machine.picture, "text", { x: 74 + 1.25 * value, y: y + 13, class: "try-text" },
          shown(value, 1));
      });
      const joint = f(1, 1) - f(1, 0) - f(0, 1) + f(0, 0);
      return `Count of this sequence: ${shown(f(first, second), 1)}. ` +
        `Interaction: both − GATA alone − E-box alone + neither = ${shown(joint, 1)}.`;
    };
    machine.update();
  }

  // 2. The reference of a mixed difference.
  const ROWS = [[-1.5, -1], [-1, 1.2], [-0.4, -0.6], [0, 0.8], [0.5, -1.4], [0.8, 0.4],
    [1.2, 1.5], [1.6, -0.5]];
  const outcome = (a, b) => a + b * b / 2 + a * b;
  const mixed = ([a, b], references) => mean(references.map(([r, s]) =>
    outcome(a, b) - outcome(r, b) - outcome(a, s) + outcome(r, s)));

  function reference(figure) {
    const machine = new Machine(figure, "Choose the reference of the mixed difference", 400, 300);
    machine.range("r1", "reference of x1", [-2, 2, 0.1, 1]);
    machine.range("r2", "reference of x2", [-2, 2, 0.1, 1]);
    machine.check("all", "average over all rows instead", false);
    const x = (v) => 200 + 68 * v, y = (v) => 150 - 68 * v;
    machine.show = ({ r1, r2, all }) => {
      const references = all ? ROWS : [[r1, r2]], p = machine.picture;
      draw(p, "path", { d: "M40 150H360M200 6V294", class: "try-axis" });
      draw(p, "text", { x: 366, y: 154, class: "try-text" }, "x1");
      draw(p, "text", { x: 208, y: 16, class: "try-text" }, "x2");
      const values = ROWS.map((row) => mixed(row, references));
      ROWS.forEach(([a, b], i) => {
        const r = 3 + 9 * Math.sqrt(Math.abs(values[i]));
        draw(p, "circle", { cx: x(a), cy: y(b), r, class: values[i] > 0 ? "try-b" : "try-a" });
        draw(p, "text", { x: x(a) + r + 5, y: y(b) + 4, class: "try-text" }, shown(values[i]));
      });
      draw(p, "text", { x: 4, y: 292, class: "try-text" }, "orange: positive; cross: reference");
      for (const [a, b] of references)
        draw(p, "path", { d: `M${x(a) - 6} ${y(b) - 6}l12 12m0 -12l-12 12`, class: "try-cross" });
      return `Mean mixed difference of the eight rows: ${shown(mean(values))}; ` +
        `positive in ${values.filter((v) => v > 1e-9).length} of 8 rows.`;
    };
    machine.update();
  }

  // 3. A permutation null that grows.
  function generator(state) {
    return () => {
      state = (Math.imul(1664525, state) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
  }
  function correlation(a, b) {
    const [m, n] = [mean(a), mean(b)];
    const sum = (f) => a.reduce((total, _, i) => total + f(a[i] - m, b[i] - n), 0);
    return Math.abs(sum((u, v) => u * v) / Math.sqrt(sum((u) => u * u) * sum((u, v) => v * v)));
  }
  function permutation(figure) {
    const column = (a, b) => Array.from({ length: 24 }, (_, k) => ((k * a + b) % 24 - 11.5) / 7);
    const [x1, x2, noise] = [column(13, 0), column(17, 2), column(5, 6)];
    const product = x1.map((v, i) => v * x2[i]);
    const y = x1.map((v, i) => v + 0.45 * product[i] + noise[i]);
    const main = fit([x1.map(() => 1), x1, x2], y);
    const residual = y.map((v, i) => v - main[0] - main[1] * x1[i] - main[2] * x2[i]);
    const observed = correlation(residual, product);
    let next = generator(1), null_ = [];
    const more = (n) => {
      for (; n > 0; n--) {
        const mixedUp = [...residual];
        for (let i = 23; i > 0; i--) {
          const j = Math.floor(next() * (i + 1));
          [mixedUp[i], mixedUp[j]] = [mixedUp[j], mixedUp[i]];
        }
        null_.push(correlation(mixedUp, product));
      }
    };
    const machine = new Machine(figure, "Let a permutation null grow", 400, 230);
    machine.button("permute once", () => more(1));
    machine.button("18 more", () => more(18));
    machine.button("180 more", () => more(180));
    machine.button("start again", () => { next = generator(1); null_ = []; });
    machine.show = () => {
      const p = machine.picture, bins = Array(20).fill(0);
      for (const score of null_) bins[Math.min(19, Math.floor(score * 20))]++;
      const tallest = Math.max(5, ...bins);
      draw(p, "path", { d: "M10 200H390", class: "try-axis" });
      for (const tick of [0, 0.5, 1])
        draw(p, "text", { x: 6 + 372 * tick, y: 220, class: "try-text" }, String(tick));
      bins.forEach((n, i) => draw(p, "rect", { x: 10.5 + 19 * i, y: 200 - 170 * n / tallest,
        width: 18, height: 170 * n / tallest, class: "try-quiet" }));
      draw(p, "path", { d: `M${10 + 380 * observed} 200V14`, class: "try-line" });
      draw(p, "text", { x: 16 + 380 * observed, y: 24, class: "try-text" },
        `observed ${shown(observed, 3)}`);
      const larger = null_.filter((score) => score >= observed).length;
      return `${null_.length} permutations, ${larger} of them at least as large as the data: ` +
        `p = (1 + ${larger}) / (1 + ${null_.length}) = ` +
        `${shown((1 + larger) / (1 + null_.length), 3)}.`;
    };
    machine.update();
  }

  // 4. Correlated features that look as if they interacted.
  function correlated(figure) {
    const machine = new Machine(figure, "Correlate two features", 400, 300);
    machine.range("rho", "correlation of x1 and x2", [0, 0.9, 0.1, 0.5]);
    machine.check("curved", "let main effects bend", false);
    machine.show = ({ rho, curved }) => {
      const p = machine.picture, points = Array.from({ length: 100 }, (_, k) => {
        const radius = Math.sqrt(-2 * Math.log((k + 0.5) / 100));
        const angle = 2 * Math.PI * ((k * 0.618034) % 1);
        const first = radius * Math.cos(angle);
        return [first, rho * first + Math.sqrt(1 - rho * rho) * radius * Math.sin(angle)];
      });
      const [x1, x2] = [0, 1].map((c) => points.map((point) => point[c]));
      const y = x1.map((v) => v * v);
      draw(p, "path", { d: "M40 150H360M200 6V294", class: "try-axis" });
      draw(p, "text", { x: 366, y: 154, class: "try-text" }, "x1");
      draw(p, "text", { x: 208, y: 16, class: "try-text" }, "x2");
      draw(p, "text", { x: 4, y: 292, class: "try-text" }, "orange: signs agree; size: y");
      points.forEach(([a, b], i) => draw(p, "circle", { cx: 200 + 42 * a, cy: 150 - 42 * b,
        r: 2.5 + 1.3 * Math.min(4, y[i]), class: a * b > 0 ? "try-b" : "try-a" }));
      const columns = [x1.map(() => 1), x1, x2, x1.map((v, i) => v * x2[i])];
      if (curved) columns.push(y, x2.map((v) => v * v));
      return `Coefficient of the product x1 x2: ${shown(fit(columns, y)[3])}, ` +
        `with ${curved ? "curved" : "straight"} main effects; the truth is 0.`;
    };
    machine.update();
  }

  const MACHINES = { "fig-try-knock-out": knockOut, "fig-try-reference": reference,
    "fig-try-permutation": permutation, "fig-try-correlated": correlated };
  document.addEventListener("DOMContentLoaded", () => {
    for (const [id, start] of Object.entries(MACHINES)) {
      const figure = document.getElementById(id);
      if (figure && figure.querySelector("img")) start(figure);
    }
  });
})();
