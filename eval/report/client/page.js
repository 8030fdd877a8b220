// What the page does in a browser. Everything can be read without it. Inlined as it stands: no
// imports, no network, no storage.
// @ts-check
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

(() => {
  /** @template {Element} [T=HTMLElement] @param {string} selector @param {ParentNode} [root] */
  const all = (
    selector,
    root = document,
  ) => /** @type {T[]} */ (Array.from(root.querySelectorAll(selector)));

  for (const control of all("[data-live]")) control.hidden = false;

  // Boards: one at a time.
  let board = all("[data-board]").find((element) => !element.hidden)?.dataset.board ?? "";
  document.addEventListener("change", ({ target }) => {
    const control = /** @type {HTMLInputElement} */ (target);
    if (control.name === "board") {
      board = control.value;
      for (const element of all("[data-board]")) element.hidden = element.dataset.board !== board;
      for (const card of all(".subject")) card.hidden = !(board in errorsOf(card));
    }
    if (control.name === "board" || control.name === "order") orderSubjects();
  });

  /** By board and method. @param {HTMLElement} card */
  function errorsOf(card) {
    return JSON.parse(card.dataset.errors ?? "{}");
  }

  /** Puts the subjects in the order chosen; failures count as worst. */
  function orderSubjects() {
    const method = document.querySelector("select[name=order]");
    const chosen = method instanceof HTMLSelectElement ? method.value : "";
    const list = document.querySelector(".subjects");
    if (!list) return;
    const cards = all(".subject", list).map((card, at) => {
      const errors = errorsOf(card)[board] ?? {};
      const value = chosen in errors ? errors[chosen] ?? Infinity : -Infinity;
      return { card, value, name: Number(card.id.slice(2)), at };
    });
    cards.sort((a, b) => (chosen ? compare(b.value, a.value) : 0) || a.name - b.name);
    if (cards.every(({ at }, i) => at === i)) return;
    list.append(...cards.map(({ card }) => card));
  }

  // Tables: a click on a head sorts by its column, a second click turns the order.
  for (const button of all("th [data-sort-by]")) {
    button.addEventListener("click", () => {
      const head = /** @type {HTMLTableCellElement} */ (button.closest("th"));
      const table = /** @type {HTMLTableElement} */ (button.closest("table"));
      const first = button.dataset.sortBy ?? "ascending";
      const other = first === "ascending" ? "descending" : "ascending";
      const order = head.getAttribute("aria-sort") === first ? other : first;
      for (const cell of all("thead th", table)) cell.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", order);
      const body = table.tBodies[0];
      const rows = Array.from(body.rows, (row) => ({
        row,
        value: sortValue(row.cells[head.cellIndex].dataset.sort),
      }));
      const sign = order === "ascending" ? 1 : -1;
      rows.sort((a, b) =>
        // Rows without a value stay last either way.
        Number(a.value === undefined) - Number(b.value === undefined) ||
        sign * compare(a.value ?? 0, b.value ?? 0)
      );
      body.append(...rows.map(({ row }) => row));
    });
  }

  /** @param {string | undefined} text */
  function sortValue(text) {
    if (text === undefined || text === "") return undefined;
    return Number.isNaN(Number(text)) ? text : Number(text);
  }

  /** @param {string | number} a @param {string | number} b */
  function compare(a, b) {
    return a < b ? -1 : a > b ? 1 : 0;
  }

  // Pictures: large, with the arrow keys between methods (sideways) and pictures (up, down).
  const viewer = /** @type {HTMLDialogElement} */ (document.querySelector(".viewer"));
  const large = /** @type {HTMLImageElement} */ (viewer.querySelector("img"));
  const nothing = large.src;
  const caption = all("figcaption *", viewer);
  /** @type {HTMLElement | undefined} */
  let shown;

  /** @param {HTMLElement} shot */
  function show(shot) {
    const picture = /** @type {HTMLImageElement} */ (shot.querySelector("img"));
    const subject = /** @type {HTMLElement} */ (shot.closest(".subject"));
    shown = shot;
    large.src = picture.src;
    large.alt = picture.alt;
    caption[0].textContent = `${subject.dataset.name} · ${shot.dataset.who}`;
    caption[1].textContent = shot.dataset.label ?? "";
    if (!viewer.open) viewer.showModal();
  }

  /** The same picture of the next method. @param {number} by */
  function stepMethod(by) {
    const peers = peersOf((shot) => shot.dataset.slot === shown?.dataset.slot);
    step(peers, by);
  }

  /** The next picture of the same method. @param {number} by */
  function stepPicture(by) {
    step(peersOf((shot) => shot.dataset.who === shown?.dataset.who), by);
  }

  /** @param {(shot: HTMLElement) => boolean} wanted */
  function peersOf(wanted) {
    const subject = shown?.closest(".subject");
    return subject ? all("[data-slot]", subject).filter(wanted) : [];
  }

  /** @param {HTMLElement[]} shots @param {number} by */
  function step(shots, by) {
    if (!shown || shots.length === 0) return;
    show(shots[(shots.indexOf(shown) + by + shots.length) % shots.length]);
  }

  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element)) return;
    const button = /** @type {HTMLElement | null} */ (target.closest("button"));
    if (button?.dataset.slot) show(button);
    if (button?.dataset.step) stepMethod(Number(button.dataset.step));
    if (button && "close" in button.dataset) viewer.close();
    if (button && "copy" in button.dataset) copy(button);
  });
  viewer.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") stepMethod(step);
    else stepPicture(step);
  });
  viewer.addEventListener("close", () => {
    large.src = nothing;
    large.alt = "";
    shown?.focus();
  });

  // The command: one click copies it.
  for (const button of all("[data-copy]")) button.hidden = !navigator.clipboard;
  /** @param {HTMLElement} button */
  function copy(button) {
    const text = button.parentElement?.querySelector("code")?.textContent ?? "";
    navigator.clipboard.writeText(text).then(() => button.textContent = "Copied");
  }

  // Paper shows everything.
  addEventListener("beforeprint", () => {
    for (const details of all("details")) details.setAttribute("open", "");
  });
})();
