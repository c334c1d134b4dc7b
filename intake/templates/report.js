"use strict";
(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const cards = all(".card");
  const find = document.getElementById("find");
  const code = document.getElementById("code");
  const count = document.getElementById("count");

  // Filtering: a card is shown when its band is ticked, it has the chosen code and its name holds the text.
  function filter() {
    const bands = new Set(all("[data-band]:checked").map((box) => box.dataset.band));
    const text = find.value.trim().toLowerCase();
    let shown = 0;
    for (const card of cards) {
      const fits = bands.has(card.dataset.band)
        && (!code.value || card.dataset.codes.includes(` ${code.value} `))
        && (!text || card.dataset.find.toLowerCase().includes(text));
      card.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    count.textContent = `显示 ${shown} / ${cards.length} 人`;
  }
  all("[data-band]").filter((box) => box.tagName === "INPUT").forEach((box) => box.addEventListener("change", filter));
  code.addEventListener("change", filter);
  find.addEventListener("input", filter);
  filter();

  document.getElementById("reveal").addEventListener("change", (event) => {
    document.body.classList.toggle("masked", !event.target.checked);
  });
  document.getElementById("boxes").addEventListener("change", (event) => {
    document.body.classList.toggle("no-boxes", !event.target.checked);
  });

  // A row and its box point at each other.
  const boxOf = (row) => document.querySelector(`[data-row="${row.id}"]`);
  function light(row, box, on) {
    if (row) row.classList.toggle("on", on);
    if (box) box.classList.toggle("on", on);
  }
  for (const row of all(".row[id]")) {
    const box = boxOf(row);
    row.addEventListener("mouseenter", () => light(row, box, true));
    row.addEventListener("mouseleave", () => light(row, box, false));
    row.addEventListener("focus", () => light(row, box, true));
    row.addEventListener("blur", () => light(row, box, false));
    row.addEventListener("click", () => {
      if (!box) return;
      const sheet = box.closest(".sheet");
      sheet.classList.remove("small");
      sheet.scrollIntoView({ block: "nearest", behavior: "smooth" });
    });
  }
  for (const box of all(".box")) {
    const row = document.getElementById(box.dataset.row);
    box.addEventListener("mouseenter", () => light(row, box, true));
    box.addEventListener("mouseleave", () => light(row, box, false));
    box.addEventListener("click", (event) => {
      event.stopPropagation();
      if (!row) return;
      row.scrollIntoView({ block: "nearest", behavior: "smooth" });
      row.focus({ preventScroll: true });
    });
  }
  for (const picture of all(".picture")) {
    picture.addEventListener("click", () => {
      const sheet = picture.closest(".sheet");
      sheet.classList.toggle(sheet.classList.contains("has-marks") ? "small" : "large");
    });
  }

  // Crops load when their card comes near the window, so that hundreds of cards open at once.
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      near.unobserve(entry.target);
      for (const image of all("image[data-src]", entry.target)) image.setAttribute("href", image.dataset.src);
    }
  }, { rootMargin: "1500px" });
  cards.forEach((card) => near.observe(card));
})();
