/** Folders of predictions: whose they are, which meshes they hold, and in which frame and unit. */
import { basename, extname, join, relative } from "../core/work/path.ts";
import { InputError } from "../core/work/errors.ts";
import { reason } from "../core/work/hash.ts";
import { insideOf, slashes } from "../core/work/paths.ts";
import { NAMING_SCHEMES, type NamingScheme, type SchemeMatch } from "./naming_schemes.ts";
import { readJson } from "../core/work/schema.ts";
import { type Predictions, predictionsSchema } from "../core/files/predictions_json.ts";

/** One mesh to score, or one that its method could not make. */
export interface PredictionEntry {
  subject: string;
  /** Absent: one mesh for the subject. */
  view?: string;
  /** Absent where it failed. */
  meshFile?: string;
  failed?: string;
}

/** One method's predictions. */
export interface PredictionSet {
  folder: string;
  /** `predictions.json`; undefined where the folder has none and names stand for it. */
  file?: string;
  header: Predictions;
  entries: PredictionEntry[];
  /** Things a user should know: assumed header, files passed over. */
  notes: string[];
}

const MESHES = new Set([".ply", ".obj", ".glb"]);

/**
 * Opens a folder of predictions. A folder without a `predictions.json` whose sub-folders have one
 * stands for all of them; a folder with neither is read by its file names, in metres and the scan's
 * frame, and says so.
 *
 * @throws {InputError} If the folder cannot be read or holds no mesh.
 */
export async function openPredictions(folder: string): Promise<PredictionSet[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.isDirectory && !entry.name.startsWith(".")) names.push(entry.name);
    }
  } catch (cause) {
    throw new InputError(`Cannot open the predictions: ${reason(cause)}`, { file: folder, cause });
  }
  if (await exists(join(folder, "predictions.json"))) return [await readSet(folder)];
  const sets: PredictionSet[] = [];
  for (const name of names.sort()) {
    if (await exists(join(folder, name, "predictions.json"))) {
      sets.push(await readSet(join(folder, name)));
    }
  }
  return sets.length > 0 ? sets : [await unnamedSet(folder)];
}

async function readSet(folder: string): Promise<PredictionSet> {
  const file = join(folder, "predictions.json");
  const header = await readJson(predictionsSchema, file, { what: "predictions.json" });
  if (header.untrained === true) {
    throw new InputError(
      "Cannot score the predictions: nothing says that their model was trained",
      {
        file,
        hint:
          "they show that a program runs; where the weights are trained, import the checkpoint " +
          "with `model import --weights trained` and reconstruct again",
      },
    );
  }
  const notes: string[] = [];
  const named = header.items === undefined ? await entriesByScheme(folder) : undefined;
  if (named !== undefined) notes.push(...named.notes);
  const entries = header.items === undefined
    ? named?.entries ?? await entriesByName(folder, notes)
    : header.items.map((item): PredictionEntry => ({
      subject: item.subject,
      ...(item.view === undefined ? {} : { view: item.view }),
      ...(item.mesh === undefined ? {} : { meshFile: insideOf(folder, item.mesh) }),
      ...(item.failed === undefined || item.failed === false
        ? {}
        : { failed: item.failed === true ? "the method failed" : item.failed }),
    }));
  const { only, method } = header;
  if (only !== undefined) {
    notes.push(
      `${method.name} was asked for ${only.length} ${only.length === 1 ? "subject" : "subjects"} ` +
        "only: others have no rows, and a board of more does not rank it",
    );
  }
  return { folder, file, header, entries: inOrder(entries), notes };
}

/** Whether a set answers for a subject: it was asked for it, or has something for it. */
export function answersFor({ header: { only }, entries }: PredictionSet, subject: string): boolean {
  return only === undefined || only.includes(subject) ||
    entries.some((entry) => entry.subject === subject);
}

async function unnamedSet(folder: string): Promise<PredictionSet> {
  const named = await entriesByScheme(folder);
  if (named !== undefined) return setByScheme(folder, named);
  const notes = [
    `${basename(folder)} has no predictions.json: taken as metres in the scan's frame, ` +
    `method "${basename(folder)}", training data not declared`,
  ];
  const entries = await entriesByName(folder, notes);
  if (entries.length === 0) {
    throw new InputError("Cannot open the predictions: found no mesh and no predictions.json", {
      file: folder,
      hint: "expected <subject>.{ply,obj,glb} or <subject>/<view>.{ply,obj,glb}",
    });
  }
  return {
    folder,
    header: {
      schema: "scan2score/predictions-1",
      method: { name: basename(folder) },
      usesTruth: false,
      frame: "scan",
      unit: "m",
    },
    entries: inOrder(entries),
    notes,
  };
}

/** Meshes that another program named. */
interface NamedEntries {
  scheme: NamingScheme;
  entries: PredictionEntry[];
  notes: string[];
}

/**
 * The meshes of a folder by the first naming scheme that reads all the meshes in one of its folders;
 * undefined where none does. Items are matched by what their names say, never by their order.
 */
async function entriesByScheme(folder: string): Promise<NamedEntries | undefined> {
  for (const scheme of NAMING_SCHEMES) {
    for (const below of scheme.folders) {
      const place = below === "" ? folder : join(folder, below);
      const names = await meshNames(place);
      const read = names.map((name) => ({ name, match: scheme.read(name) }));
      if (names.length === 0 || read.some(({ match }) => match === undefined)) continue;
      const best = new Map<string, { name: string; match: SchemeMatch }>();
      let passed = 0;
      for (const { name, match } of read as { name: string; match: SchemeMatch }[]) {
        const key = JSON.stringify([match.subject, match.view ?? null]), other = best.get(key);
        if (other !== undefined) passed++;
        if (other === undefined || match.preference > other.match.preference) {
          best.set(key, { name, match });
        } else if (match.preference === other.match.preference) {
          throw new InputError(
            `Cannot choose between two predictions: ${other.name} and ${name}`,
            { file: place, hint: "keep one, or list the meshes as items in predictions.json" },
          );
        }
      }
      const notes = [`${basename(folder)}: ${names.length} meshes named as ${scheme.title} do`];
      if (passed > 0) notes.push(`${passed} earlier stages of the same items were passed over`);
      const entries = [...best.values()].map(({ name, match: { subject, view } }) => ({
        subject,
        ...(view === undefined ? {} : { view }),
        meshFile: join(place, name),
      }));
      return { scheme, entries, notes };
    }
  }
  return undefined;
}

async function meshNames(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.isFile && MESHES.has(extname(entry.name).toLowerCase())) names.push(entry.name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) {
      throw error;
    }
  }
  return names.sort();
}

/** A set without a `predictions.json`, where its scheme says unit and frame. */
function setByScheme(folder: string, { scheme, entries, notes }: NamedEntries): PredictionSet {
  if (scheme.header === undefined) {
    throw new InputError(
      `Cannot place the predictions: they are named as ${scheme.title} do, and ${scheme.note}`,
      {
        file: folder,
        hint: "add a predictions.json: " +
          `"frame": "${scheme.ownFrame}" where the pictures were rendered as ${scheme.title} ` +
          `${scheme.ownFrame === "icon" ? "do" : "does"}, else that of meshes you have converted`,
      },
    );
  }
  const { unit, frame } = scheme.header;
  return {
    folder,
    header: {
      schema: "scan2score/predictions-1",
      method: { name: basename(folder) },
      usesTruth: false,
      frame,
      unit,
    },
    entries: inOrder(entries),
    notes: [
      ...notes,
      `${basename(folder)} has no predictions.json: taken as ${unit} in the ${frame}'s frame ` +
      `(${scheme.note}), method "${basename(folder)}", training data not declared`,
    ],
  };
}

/** `<subject>.<mesh>` and `<subject>/<view>.<mesh>`, by name. */
async function entriesByName(folder: string, notes: string[]): Promise<PredictionEntry[]> {
  const entries: PredictionEntry[] = [];
  const seen = new Map<string, string>();
  const add = (subject: string, view: string | undefined, meshFile: string) => {
    const key = `${subject}/${view ?? ""}`;
    const other = seen.get(key);
    const here = slashes(relative(folder, meshFile));
    if (other !== undefined) {
      throw new InputError(`Cannot choose between two predictions: ${other} and ${here}`, {
        file: folder,
        hint: "keep one of them, or list the meshes as items in predictions.json",
      });
    }
    seen.set(key, here);
    entries.push({ subject, ...(view === undefined ? {} : { view }), meshFile });
  };
  for await (const entry of Deno.readDir(folder)) {
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.isFile && MESHES.has(extname(entry.name).toLowerCase())) {
      add(basename(entry.name, extname(entry.name)), undefined, path);
    } else if (entry.isDirectory) {
      for await (const inner of Deno.readDir(path)) {
        if (!inner.isFile || !MESHES.has(extname(inner.name).toLowerCase())) continue;
        add(entry.name, basename(inner.name, extname(inner.name)), join(path, inner.name));
      }
    }
  }
  if (entries.length === 0) notes.push("no mesh was found");
  return entries;
}

function inOrder(entries: PredictionEntry[]): PredictionEntry[] {
  const key = (entry: PredictionEntry) => `${entry.subject}\u0000${entry.view ?? ""}`;
  return entries.sort((a, b) => key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}

async function exists(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => undefined))?.isFile === true;
}
