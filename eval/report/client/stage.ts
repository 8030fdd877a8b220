/// <reference lib="dom" />
/** A subject's page: opened over the table, alone in a file of its own. */
import { drawLegend } from "./color_legend.ts";
import { histograms, percentileTable } from "./distance_charts.ts";
import { all, el, jsonOf, one, replace } from "./dom.ts";
import { onHash, setHash } from "./hash_state.ts";
import { drawMaps } from "./stage_maps.ts";
import { remarks, scoreTable } from "./stage_scores.ts";
import { openViewer, type Shown, whyNoView } from "./stage_view.ts";
import type { BoardData, PageData, SubjectData } from "./page_data.ts";
import type { Arrangement, Look } from "./viewer/viewer.ts";

/** Panes that are shown side by side at first. */
const FIRST_PANES = 4;

/** The subject's page. One a document. */
export class Stage {
  private readonly data: PageData;
  private readonly boardOf: () => BoardData;
  private readonly root: HTMLDialogElement;
  private readonly alone: boolean;
  private subject: SubjectData | undefined;
  private shown: Shown | undefined;
  private opening = 0;
  /** The subject whose pictures have come, on a served page. */
  private pictured: string | undefined;
  private opener: Element | null = null;

  /** @param boardOf The board that is chosen on the page. */
  constructor(data: PageData, root: HTMLDialogElement, boardOf: () => BoardData) {
    this.data = data;
    this.root = root;
    this.boardOf = boardOf;
    this.alone = "alone" in root.dataset;
    root.addEventListener("close", () => this.leave());
    root.addEventListener("change", (event) => this.changed(event.target as HTMLElement));
    root.addEventListener("input", (event) => {
      const input = event.target as HTMLInputElement;
      if (input.name === "split" || input.name === "range") this.draw();
    });
    root.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest<HTMLElement>("button") : null;
      if (button?.dataset.look) this.shown?.viewer.lookFrom(Number(button.dataset.look));
      if (button?.dataset.walk) this.walk(Number(button.dataset.walk));
    });
    this.watchPointer();
    onHash((state) => this.follow(state.get("subject")));
  }

  /** Opens what the address says. */
  follow(id: string | null): void {
    if (id !== null && this.data.subjects.some((s) => s.id === id && s.shown)) void this.open(id);
    else if (this.root.open && !this.alone) this.root.close();
  }

  /** Opens a subject; an open one is left first. */
  async open(id: string): Promise<void> {
    if (this.subject?.id === id) return;
    this.free();
    const turn = ++this.opening;
    this.root.dataset.state = "loading";
    if (!this.root.open) {
      this.opener = document.activeElement;
      if (this.alone) this.root.show();
      else this.root.showModal();
    }
    if (!this.alone) setHash({ subject: id });
    const ref = this.data.subjects.find((subject) => subject.id === id)!;
    this.root.dataset.name = ref.name;
    replace(one("#stage-title", this.root)!, ref.name);
    const subject = await this.fetch(id);
    if (turn !== this.opening) return; // another one was opened meanwhile
    if (subject === undefined) return this.fail("This subject is not in the file.");
    this.subject = subject;
    const about = subject.view === undefined
      ? ref.dataset
      : `${ref.dataset} · view ${subject.view}`;
    replace(one(".stage-about", this.root)!, about);
    this.fillControls(subject);
    this.drawParts();
    await this.startView(subject, turn);
    if (this.data.picturesSource !== undefined) await this.addPictures(subject, turn);
  }

  /** Puts the pictures of a served subject in their places once they are drawn. */
  private async addPictures(subject: SubjectData, turn: number): Promise<void> {
    const response = await fetch(this.data.picturesSource!.replace("{id}", subject.id));
    if (turn !== this.opening) return;
    if (!response.ok) return replace(one(".stage-maps", this.root)!, await response.text());
    const drawn = await response.json() as SubjectData;
    subject.scan.pictures = drawn.scan.pictures;
    for (const method of subject.methods) {
      const other = drawn.methods.find(({ name }) => name === method.name);
      method.pictures = other?.pictures ?? {};
    }
    if (turn !== this.opening) return;
    this.pictured = subject.id;
    this.drawSide();
  }

  /** Draws what depends on the board; to be called when another one is chosen. */
  drawParts(): void {
    const { subject, data, root } = this;
    if (subject === undefined) return;
    const board = this.boardOf();
    const known = remarks(subject, board);
    replace(one(".stage-remarks", root)!, known);
    replace(one(".stage-scores", root)!, scoreTable(data, { board, subject }));
    const measured = subject.methods.some(({ distances }) => distances !== undefined);
    one(".stage-distances", root)!.hidden = !measured;
    if (measured) {
      replace(one(".stage-percentiles", root)!, percentileTable(data, subject.methods));
    }
    this.drawSide();
  }

  private async fetch(id: string): Promise<SubjectData | undefined> {
    const source = this.data.subjectSource;
    if (source === undefined) return jsonOf<SubjectData>(`subject-${id}`);
    const response = await fetch(source.replace("{id}", id));
    return response.ok ? await response.json() as SubjectData : undefined;
  }

  /** Fills lists with the subject's methods. */
  private fillControls(subject: SubjectData): void {
    const names = [
      ...(subject.scan.model === undefined ? [] : ["scan"]),
      ...subject.methods.filter(({ model }) => model !== undefined).map(({ name }) =>
        `method ${name}`
      ),
    ];
    const titled = (name: string) => name.replace(/^method /, "");
    const methods = names.filter((name) => name !== "scan");
    for (const [list, first] of [["left", methods[0]], ["right", methods[1] ?? names[0]]]) {
      const select = one<HTMLSelectElement>(`select[name=${list}]`, this.root)!;
      replace(
        select,
        ...names.map((name) =>
          el("option", { value: name, selected: name === first }, titled(name))
        ),
      );
    }
    replace(
      one(".panes", this.root)!,
      ...names.map((name, i) =>
        el(
          "label",
          {},
          el("input", { type: "checkbox", name: "pane", value: name, checked: i < FIRST_PANES }),
          el("span", {}, titled(name)),
        )
      ),
    );
    const hasParts =
      [subject.scan.model, ...subject.methods.map(({ model }) => model)].some((m) =>
        m !== undefined
      ) && subject.body !== undefined;
    const part = one<HTMLSelectElement>("select[name=part]", this.root)!;
    replace(
      part,
      el("option", { value: "-1" }, "whole surface"),
      ...this.data.parts.map((name, i) => el("option", { value: i }, partTitle(name))),
    );
    for (const name of ["part", "body"]) {
      one(`[name=${name}]`, this.root)!.closest("label")!.hidden = !hasParts;
    }
    one<HTMLInputElement>("input[name=range]", this.root)!.value = String(this.data.maxMm);
    const slider = one<HTMLInputElement>("input[name=arrange][value=slider]", this.root)!;
    slider.disabled = names.length < 2;
    if (slider.disabled) one<HTMLInputElement>("input[name=arrange]", this.root)!.checked = true;
    replace(
      one(".mesh-notes", this.root)!,
      ...meshNotes(subject).map((text) => el("li", {}, text)),
    );
  }

  private async startView(subject: SubjectData, turn: number): Promise<void> {
    const any = subject.scan.model ?? subject.methods.find(({ model }) => model)?.model;
    const reason = any === undefined ? "This file holds no meshes of this subject." : whyNoView();
    one(".view", this.root)!.hidden = reason !== undefined;
    one(".no-view", this.root)!.hidden = reason === undefined;
    if (reason !== undefined) {
      replace(one(".no-view", this.root)!, reason);
      this.root.dataset.state = "ready";
      return;
    }
    // A canvas that lost its context cannot be used again.
    const canvas = el("canvas", {
      tabindex: 0,
      role: "img",
      "aria-label": "3D view. Arrow keys turn, plus and minus zoom, shift with arrows moves.",
    });
    one("canvas", this.root)!.replaceWith(canvas);
    try {
      const shown = await openViewer(this.data, subject, {
        canvas,
        arrange: () => this.choice(),
        onDrawn: (yawDeg, pitchDeg) => {
          this.root.dataset.state = "ready";
          this.root.dataset.look = `${Math.round(yawDeg)} ${Math.round(pitchDeg)}`;
          this.labelPanes();
        },
      });
      if (turn !== this.opening) return shown.viewer.dispose();
      this.shown = shown;
      this.draw();
    } catch (error) {
      this.fail(`The 3D view failed: ${error instanceof Error ? error.message : error}`);
    }
  }

  private fail(text: string): void {
    one(".view", this.root)!.hidden = true;
    const line = one(".no-view", this.root)!;
    line.hidden = false;
    replace(line, text);
    this.root.dataset.state = "failed";
  }

  private value(name: string): string {
    return one<HTMLInputElement>(
      `[name=${name}]:checked, select[name=${name}], input[name=${name}][type=number], input[name=${name}][type=range]`,
      this.root,
    )
      ?.value ?? "";
  }

  private checked(name: string): boolean {
    return one<HTMLInputElement>(`input[name=${name}]`, this.root)?.checked ?? false;
  }

  /** What the controls say. */
  private choice(): { arrangement: Arrangement; look: Look } {
    const slider = this.value("arrange") === "slider";
    const panes = slider
      ? [this.value("left"), this.value("right")]
      : all<HTMLInputElement>("[name=pane]:checked", this.root).map(({ value }) => value);
    const range = Number(this.value("range"));
    return {
      arrangement: slider ? { panes, split: Number(this.value("split")) / 100 } : { panes },
      look: {
        shading: this.value("shading") as Look["shading"],
        maxMm: range > 0 ? range : this.data.maxMm,
        isSigned: this.checked("signed"),
        part: Number(this.value("part")),
        wireframe: this.checked("wireframe"),
        body: this.checked("body"),
      },
    };
  }

  private draw(): void {
    const { arrangement, look } = this.choice();
    const slider = arrangement.split !== undefined;
    one(".slider-tools", this.root)!.hidden = !slider;
    one(".panes", this.root)!.hidden = slider;
    one(".split", this.root)!.hidden = !slider;
    one(".split", this.root)!.style.setProperty("--at", `${100 * (arrangement.split ?? 0.5)}%`);
    const legend = one(".stage-legend", this.root)!;
    legend.hidden = look.shading !== "distance";
    drawLegend(legend, this.data, look);
    this.shown?.viewer.show(arrangement, look);
    const histogram = one(".stage-histograms", this.root)!;
    if (this.subject !== undefined) {
      replace(histogram, histograms(this.data, this.subject.methods, look.maxMm));
    }
  }

  private drawSide(): void {
    const { subject } = this;
    if (subject === undefined) return;
    const side = this.value("side") as "front" | "back";
    const later = this.data.picturesSource !== undefined;
    if (later && this.pictured !== subject.id) {
      return replace(one(".stage-maps", this.root)!, el("p", { class: "note" }, "Being drawn …"));
    }
    drawMaps(one(".stage-maps", this.root)!, { data: this.data, subject, side });
  }

  private changed(control: HTMLElement): void {
    const { name } = control as HTMLInputElement;
    if (name === "side") this.drawSide();
    else this.draw();
  }

  /** Names over the panes, where they lie. */
  private labelPanes(): void {
    const target = one(".pane-names", this.root)!;
    const panes = this.shown?.viewer.panes() ?? [];
    const { split } = this.choice().arrangement;
    replace(
      target,
      ...panes.map(({ name, x, y, width }, i) => {
        const right = split !== undefined && i === 1;
        return el("span", {
          class: right ? "right" : "",
          style: right ? "right:0px;top:0px" : `left:${x}px;top:${y}px;max-width:${width}px`,
        }, name.replace(/^method /, ""));
      }),
    );
  }

  private watchPointer(): void {
    const box = one(".canvas-box", this.root)!;
    let last: PointerEvent | undefined, waiting = false;
    const say = (text: string) => replace(one(".readout", this.root)!, text);
    box.addEventListener("pointermove", (event) => {
      last = event.buttons === 0 ? event : undefined;
      if (waiting) return;
      waiting = true;
      setTimeout(() => {
        waiting = false;
        const canvas = one("canvas", box), { shown } = this;
        if (last === undefined || canvas === undefined || shown === undefined) return;
        const { left, top } = canvas.getBoundingClientRect();
        const found = shown.viewer.pick(last.clientX - left, last.clientY - top);
        if (found === undefined) return say("");
        const name = found.name.replace(/^method /, "");
        const d = found.distanceMm;
        say(
          d === undefined
            ? name
            : `${name}: ${Math.abs(d).toFixed(1)} mm ${d < 0 ? "inside" : "outside"} the scan`,
        );
      }, 40);
    });
    box.addEventListener("pointerleave", () => say(""));
  }

  /** The next or the one before, in the order of the page. */
  private walk(by: number): void {
    const ids = this.data.subjects.filter(({ shown }) => shown).map(({ id }) => id);
    const at = ids.indexOf(this.subject?.id ?? "");
    if (ids.length > 1) void this.open(ids[(at + by + ids.length) % ids.length]);
  }

  private leave(): void {
    this.opening++;
    this.free();
    if (!this.alone) setHash({ subject: "" });
    if (this.opener instanceof HTMLElement) this.opener.focus();
  }

  /** Gives back what the open subject holds. */
  private free(): void {
    this.shown?.viewer.dispose();
    if (this.shown !== undefined) {
      const { geometries, textures } = this.shown.viewer.memory();
      this.root.dataset.left = `${geometries} ${textures}`;
    }
    this.shown = undefined;
    this.subject = undefined;
    this.pictured = undefined;
    one("canvas", this.root)?.replaceWith(el("canvas"));
    for (
      const part of [".stage-maps", ".stage-scores", ".stage-histograms", ".stage-percentiles"]
    ) {
      replace(one(part, this.root)!);
    }
  }
}

/** `l_upper_arm` → `left upper arm`. */
function partTitle(name: string): string {
  return name.replace(/^l_/, "left ").replace(/^r_/, "right ").replaceAll("_", " ");
}

/** What the meshes shown are, beside those that were scored. */
function meshNotes({ scan, methods }: SubjectData): string[] {
  const number = (value: number) => value.toLocaleString("en");
  const line = (name: string, model: NonNullable<SubjectData["body"]>) =>
    model.triangles === model.fullTriangles
      ? `${name}: all ${number(model.triangles)} triangles, within ${
        model.deviationMm.toFixed(1)
      } mm`
      : `${name}: ${number(model.triangles)} of ${
        number(model.fullTriangles)
      } triangles, at most ` +
        `${model.deviationMm.toFixed(1)} mm from the full mesh`;
  return [
    scan.model === undefined
      ? "scan: its shape is not copied into this file"
      : line("scan", scan.model),
    ...methods.flatMap(({ name, model }) => model === undefined ? [] : [line(name, model)]),
  ];
}
