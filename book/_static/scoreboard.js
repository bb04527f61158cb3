// Filters of the scoreboard, by chapter and verdict. Without this script every row can be
// read all the same, in the folds of its topic.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const folds = [...document.querySelectorAll(".bd-article details.sd-dropdown")].filter(
    (fold) => lastCell(fold.querySelector("thead tr")) === "Verdict",
  );
  if (!folds.length) return;
  const chapters = [...new Set(folds.map((fold) => fold.closest("section")))];
  const rows = folds.flatMap((fold) => [...fold.querySelectorAll("tbody tr")]);
  const verdicts = [...new Set(rows.map(lastCell))].sort();
  const form = document.createElement("form");
  form.className = "filters";
  form.setAttribute("aria-label", "Filter the rows");
  const chapter = choice("Chapter", chapters.map(titleOf));
  const verdict = choice("Verdict", verdicts);
  const reset = document.createElement("button");
  reset.type = "reset";
  reset.textContent = "Show all";
  const said = document.createElement("output");
  said.setAttribute("aria-live", "polite");
  form.append(reset, said);
  chapters[0].before(form);

  function choice(name, values) {
    const group = document.createElement("div");
    const label = document.createElement("label");
    const select = document.createElement("select");
    select.id = `filter-${name.toLowerCase()}`;
    label.htmlFor = select.id;
    label.textContent = name;
    for (const value of ["all", ...values]) select.add(new Option(value, value));
    group.append(label, select);
    form.append(group);
    return select;
  }

  function show() {
    let shown = 0;
    for (const section of chapters) {
      section.hidden = !["all", titleOf(section)].includes(chapter.value);
    }
    for (const fold of folds) {
      let here = 0;
      for (const row of fold.querySelectorAll("tbody tr")) {
        row.hidden = !["all", lastCell(row)].includes(verdict.value);
        here += !row.hidden;
      }
      fold.hidden = !here;
      fold.open = verdict.value !== "all" && here > 0;
      if (!fold.closest("section").hidden) shown += here;
    }
    said.textContent = `${shown} of ${rows.length} rows.`;
  }

  form.addEventListener("change", show);
  form.addEventListener("reset", () => setTimeout(show));
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
});

function lastCell(row) {
  return row?.lastElementChild?.textContent.trim();
}

function titleOf(section) {
  // Without the sign that links to the heading.
  return section.querySelector("h2").firstChild.textContent.trim();
}
