// The long table of chapter 6 sorts by a click on a head and filters by kind of data.
// Without this script it is a table like any other.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  for (const table of document.querySelectorAll(".bd-article table")) {
    const heads = [...table.querySelectorAll("thead th")];
    const names = heads.map((head) => head.textContent.trim());
    if (names[0] === "Method" && names[2] === "Data") enhance(table, heads, names);
  }

  function enhance(table, heads, names) {
    const body = table.querySelector("tbody");
    const rows = [...body.rows];
    table.before(form(rows, names));
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sorts";
      button.textContent = names[column];
      head.replaceChildren(button);
      button.addEventListener("click", () => sort(body, rows, heads, column));
    });
  }

  function sort(body, rows, heads, column) {
    const falls = heads[column].getAttribute("aria-sort") !== "descending";
    for (const head of heads) head.removeAttribute("aria-sort");
    heads[column].setAttribute("aria-sort", falls ? "descending" : "ascending");
    const value = (row) => row.cells[column].textContent.trim();
    const number = (row) => (value(row) === "–" ? NaN : Number(value(row)));
    const numeric = rows.some((row) => !Number.isNaN(number(row)));
    const order = rows.slice().sort((a, b) => {
      if (!numeric) return value(a).localeCompare(value(b)) * (falls ? -1 : 1);
      const [x, y] = [number(a), number(b)];
      if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
      return (x - y) * (falls ? -1 : 1);
    });
    body.append(...order);
  }

  function form(rows, names) {
    const form = document.createElement("form");
    form.className = "filters";
    form.setAttribute("aria-label", "Filter the cells");
    const said = document.createElement("output");
    said.setAttribute("aria-live", "polite");
    const chosen = [0, 1, 2].map((column) => {
      const label = document.createElement("label");
      const select = document.createElement("select");
      const values = [...new Set(rows.map((row) => row.cells[column].textContent.trim()))];
      for (const value of ["all", ...values]) select.add(new Option(value, value));
      label.append(names[column], select);
      form.append(label);
      return select;
    });
    form.append(said);
    const show = () => {
      let shown = 0;
      for (const row of rows) {
        row.hidden = chosen.some(
          (select, k) =>
            select.value !== "all" && row.cells[k].textContent.trim() !== select.value,
        );
        shown += !row.hidden;
      }
      said.textContent = `${shown} of ${rows.length} cells`;
    };
    form.addEventListener("change", show);
    show();
    return form;
  }
});
