/// <reference lib="dom" />
/** The 3D part of a subject's page: loads the viewer's script once, then meshes as they are needed. */
import { bytesOf, inflate, one } from "./dom.ts";
import type { PageData, SubjectData } from "./page_data.ts";
import type { Arrangement, Look, Viewer } from "./viewer/viewer.ts";
import type { ViewerLibrary } from "./viewer/viewer_main.ts";

/** What can be shown: the scan and the methods that have a mesh. */
export interface Shown {
  viewer: Viewer;
  names: string[];
}

let library: Promise<ViewerLibrary> | undefined;

/** Unpacks and runs the viewer's script once somebody comes near a subject: before the click. */
export function warmUp(): void {
  const near = ({ target }: Event) => {
    if (!(target instanceof Element) || target.closest(".subject") === null) return;
    for (const type of NEARING) document.removeEventListener(type, near);
    if (one("#viewer-script") === undefined) return;
    loadLibrary().catch(() => library = undefined); // opening a subject will say why
  };
  for (const type of NEARING) document.addEventListener(type, near, { passive: true });
}

const NEARING = ["pointerover", "pointerdown", "focusin"] as const;

/** Runs the viewer's script, which the page holds packed. */
function loadLibrary(): Promise<ViewerLibrary> {
  library ??= (async () => {
    const packed = document.getElementById("viewer-script")?.textContent ?? "";
    const script = document.createElement("script");
    script.textContent = new TextDecoder().decode(await inflate(bytesOf(packed)));
    document.head.append(script);
    return (globalThis as unknown as { scan2scoreViewer: ViewerLibrary }).scan2scoreViewer;
  })();
  return library;
}

/** Colours as RGBA bytes. */
function tableOf(base64: string): Uint8Array {
  const rgb = bytesOf(base64), rgba = new Uint8Array(4 * 256).fill(255);
  for (let i = 0; i < 256; i++) rgba.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
  return rgba;
}

/** Opens the viewer of a subject with all its meshes. */
export async function openViewer(
  data: PageData,
  subject: SubjectData,
  options: {
    canvas: HTMLCanvasElement;
    /** First picture: what is shown while meshes are decoded. */
    arrange: (names: string[]) => { arrangement: Arrangement; look: Look };
    onDrawn: (yawDeg: number, pitchDeg: number) => void;
  },
): Promise<Shown> {
  const { canvas, arrange, onDrawn } = options;
  const models = [
    ["scan", subject.scan.model] as const,
    ...subject.methods.map(({ name, model }) => [`method ${name}`, model] as const),
    ["body", subject.body] as const,
  ].flatMap(([name, model]) => model === undefined ? [] : [{ name, model }]);
  const [{ open, read }, ...meshes] = await Promise.all([
    loadLibrary(),
    ...models.map(({ model }) => inflate(bytesOf(model.data))),
  ]);
  const viewer = open(canvas, {
    tables: {
      sequential: tableOf(data.colors.sequential),
      diverging: tableOf(data.colors.diverging),
    },
    onDrawn,
  });
  const names = models.map(({ name }) => name).filter((name) => name !== "body");
  for (const [i, { name }] of models.entries()) viewer.add(name, read(meshes[i]));
  const { arrangement, look } = arrange(names);
  viewer.show(arrangement, look);
  return { viewer, names };
}

let hasWebgl: boolean | undefined;

/** Whether the browser draws in 3D: tried once. */
function canDraw(): boolean {
  if (hasWebgl === undefined) {
    const context = document.createElement("canvas").getContext("webgl2");
    hasWebgl = context !== null;
    context?.getExtension("WEBGL_lose_context")?.loseContext();
  }
  return hasWebgl;
}

/** Says why nothing can be drawn. */
export function whyNoView(): string | undefined {
  if (!canDraw()) return "This browser offers no WebGL 2: no 3D view.";
  if (one("#viewer-script") === undefined) return "This file was made without meshes.";
  return undefined;
}
