// Boxes that scroll can be reached and moved by keyboard, and say what they hold. The
// theme does so for code; here for tables, formulas and, on phones, figures. Without this script they scroll
// by mouse and finger all the same. The contents' arrows get a name.
"use strict";

(() => {
  const BOXES =
    ".bd-article .pst-scrollable-table-container, .bd-article div.math, " +
    ".bd-article .cell_output figure";

  function nameOf(box) {
    const number = box.querySelector("figcaption .caption-number");
    if (number) return `Picture of ${number.textContent.trim()}`;
    const fold = box.closest("details");
    if (fold) return fold.querySelector("summary").textContent.trim();
    if (box.classList.contains("math")) return "Formula";
    const heads = [...box.querySelectorAll("th")].map((th) => th.textContent.trim());
    return `Table: ${heads.filter(Boolean).slice(0, 5).join(", ")}`;
  }

  function update() {
    for (const box of document.querySelectorAll(BOXES)) {
      if (box.querySelector(".try-it")) continue; // its knobs are stops already
      const wide = box.scrollWidth > box.clientWidth + 1;
      const scrolls = wide || box.scrollHeight > box.clientHeight + 1;
      box.classList.toggle("scrolls", scrolls);
      box.classList.toggle("wide", wide);
      if (scrolls) {
        box.tabIndex = 0;
        if (box.tagName !== "FIGURE") box.setAttribute("role", "region");
        box.setAttribute("aria-label", nameOf(box));
      } else {
        for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
      }
    }
  }

  // Letters of a wide figure are small on a page: at full size it scrolls. On a phone it
  // scrolls from the start, and a tap shows it whole. A still that a machine stands for
  // is not seen.
  function offerSizes() {
    const phone = window.matchMedia("(max-width: 600px)").matches;
    for (const figure of document.querySelectorAll(".bd-article .cell_output figure")) {
      const image = figure.querySelector(":scope > img");
      const caption = figure.querySelector("figcaption");
      if (!image || !caption || image.classList.contains("try-still")) continue;
      if (image.naturalWidth < 1.2 * figure.clientWidth) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "resize";
      button.textContent = phone ? "Show it whole" : "Full size";
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => {
        const resized = figure.classList.toggle("resized");
        button.setAttribute("aria-pressed", String(resized));
        update();
      });
      caption.append(button);
    }
  }

  // The theme draws an arrow and says nothing.
  function nameArrows() {
    for (const arrow of document.querySelectorAll(".bd-links .has-children summary")) {
      const page = arrow.closest("li").querySelector("a").textContent.trim();
      arrow.setAttribute("aria-label", `Pages below ${page}`);
    }
  }

  let waiting;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(update, 200);
  };
  document.addEventListener("DOMContentLoaded", nameArrows);
  window.addEventListener("load", () => {
    offerSizes();
    update();
    window.MathJax?.startup?.promise?.then(update); // formulas may be drawn after that
  });
  window.addEventListener("resize", soon);
  document.addEventListener("toggle", update, true); // a fold opened
})();
