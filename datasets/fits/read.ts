/** Opens fit files: recognises the format by content and lists the ways to understand the numbers. */
import { fileSource } from "../../core/files/disk.ts";
import type { Note } from "../../core/files/note.ts";
import { isDataPickle, readDataPickle } from "../../core/files/pickle_data.ts";
import { type ByteSource, readAll } from "../../core/files/source.ts";
import { isZip } from "../../core/files/zip.ts";
import { basename } from "../../core/work/path.ts";
import { InputError } from "../../core/work/errors.ts";
import { parseForeignJson } from "../../core/work/json.ts";
import { MapArrays, type NamedArrays, openArrays } from "../../body/arrays.ts";
import type { BodyGender } from "../../body/model.ts";
import { FIT_FORMATS, type FitFileFacts, type FitFormat } from "./formats.ts";
import { ALL_PARAM_NAMES, frameCount, readFrame } from "./params.ts";
import { ownFit } from "./own.ts";
import { tracksOf } from "./tracks.ts";
import type { FitFile, FitFrame, FitReadOptions } from "./types.ts";
import { FitValues } from "./values.ts";

/** Most bytes of a JSON fit file; the published ones have a few thousand. */
const MAX_JSON_BYTES = 1 << 26;
/** About what V8 takes for an object, a list and an item of one, bytes. */
const JSON_COST = { object: 64, list: 48, item: 8 } as const;
/** Most bytes of a pickled one; tracks of long films have some hundred million. */
const MAX_PICKLE_BYTES = 2 ** 30;

/** Reads a fit file from disk; as {@linkcode readFits}. */
export async function readFitFile(path: string, options: FitReadOptions = {}): Promise<FitFile> {
  return await readFits(await fileSource(path), options);
}

/**
 * Reads a fit file: npz, pickle or JSON of any format in `FIT_FORMATS`.
 *
 * @throws {InputError} If it is none, or is damaged, or its numbers are unsound.
 */
export async function readFits(source: ByteSource, options: FitReadOptions = {}): Promise<FitFile> {
  const { root, container } = await openRoot(source);
  const own = container === "json" ? ownFit(root, source.name) : undefined;
  if (own !== undefined) return own;
  if (root instanceof Map) {
    const tracks = tracksOf(root);
    if (tracks !== undefined) return await readTracks(tracks, source.name, options);
  }
  const arrays = isArrays(root)
    ? root
    : new MapArrays(asDictionary(root, source.name), source.name);
  return await readArrays(arrays, container, options);
}

/** Everything a fit file can be at its root: named arrays, or plain data. */
async function openRoot(
  source: ByteSource,
): Promise<{ root: unknown; container: FitFileFacts["container"] }> {
  const head = await source.slice(0, Math.min(16, source.byteLength));
  if (isZip(head)) return { root: await openArrays(source, "the fit"), container: "npz" };
  const json = /^\s*[[{]/.test(new TextDecoder().decode(head));
  const limit = json ? MAX_JSON_BYTES : MAX_PICKLE_BYTES;
  if (source.byteLength > limit) {
    throw new InputError(
      `Cannot read the fit: it has ${source.byteLength} bytes, expected at most ${limit}`,
      { file: source.name },
    );
  }
  const bytes = await readAll(source);
  if (json) {
    const value = parseJson(bytes, source.name);
    if (value !== undefined) return { root: value, container: "json" };
  }
  if (isDataPickle(bytes)) {
    return { root: readDataPickle(bytes, source.name), container: "pickle" };
  }
  throw new InputError(
    `Cannot read the fit: "${basename(source.name)}" is neither an .npz nor a pickle nor JSON`,
    { file: source.name },
  );
}

/** Parses JSON; undefined where a pickle of protocol 0 only looks like it. */
function parseJson(bytes: Uint8Array, file: string): unknown {
  checkJsonCost(bytes, file);
  try {
    return parseForeignJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    if (isDataPickle(bytes)) return undefined;
    throw new InputError("Cannot read the fit: it begins as JSON and is none", { file, cause });
  }
}

/** Counts what the text can become before it does. @throws {InputError} If it is out of proportion. */
function checkJsonCost(bytes: Uint8Array, file: string): void {
  let cost = 0;
  for (const byte of bytes) {
    if (byte === 0x7b) cost += JSON_COST.object;
    else if (byte === 0x5b) cost += JSON_COST.list;
    else if (byte === 0x2c) cost += JSON_COST.item;
  }
  const limit = 4 * bytes.length + 64 * 2 ** 20;
  if (cost > limit) {
    throw new InputError(
      `Cannot read the fit: its JSON would take about ${cost} bytes of memory, ` +
        `expected at most ${limit}`,
      { file },
    );
  }
}

function isArrays(root: unknown): root is NamedArrays {
  return typeof (root as Partial<NamedArrays>).numbers === "function";
}

/** A dictionary of a pickle, an object of JSON, or the only one in a list. */
function asDictionary(root: unknown, file: string): Map<unknown, unknown> {
  const one = Array.isArray(root) && root.length === 1 ? root[0] : root;
  if (one instanceof Map) return one;
  if (one !== null && typeof one === "object" && Object.getPrototypeOf(one) === Object.prototype) {
    return new Map(Object.entries(one));
  }
  throw new InputError("Cannot read the fit: found no dictionary of parameters in it", { file });
}

async function readArrays(
  arrays: NamedArrays,
  container: FitFileFacts["container"],
  options: FitReadOptions,
): Promise<FitFile> {
  const values = await FitValues.read(arrays, ALL_PARAM_NAMES);
  const facts: FitFileFacts = { container, names: arrays.names };
  const { format, evidence } = recognise(values, facts, options.format);
  const told = await genderOf(arrays);
  const known: FitReadOptions = told === undefined || options.gender !== undefined
    ? options
    : { ...options, gender: told };
  const frames = frameCount(values);
  const file: FitFile = {
    file: arrays.file,
    format: format.id,
    title: format.title,
    evidence,
    frames,
    frame(index) {
      if (!(Number.isInteger(index) && index >= 0 && index < frames)) {
        throw new RangeError(`Cannot read frame ${index} of "${arrays.file}": it has ${frames}`);
      }
      return readFrame(values, format.conventions, { frame: index, frames, options: known });
    },
    notes: notesOf(format, known),
  };
  file.frame(0); // finds faults now rather than when the fit is used
  return file;
}

function recognise(
  values: FitValues,
  facts: FitFileFacts,
  wanted: string | undefined,
): { format: FitFormat; evidence: string } {
  if (wanted !== undefined) {
    const format = FIT_FORMATS.find(({ id }) => id === wanted);
    if (format === undefined) {
      throw new RangeError(
        `Cannot read a fit as "${wanted}", expected one of ` +
          FIT_FORMATS.map(({ id }) => id).join(", "),
      );
    }
    return { format, evidence: "asked for" };
  }
  for (const format of FIT_FORMATS) {
    const evidence = format.detect(values, facts);
    if (evidence !== undefined) return { format, evidence };
  }
  const shown = facts.names.length > 12 ? [...facts.names.slice(0, 12), "…"] : facts.names;
  const model = ["v_template", "shapedirs"].every((name) => facts.names.includes(name));
  throw new InputError("Cannot read the fit: it has no body_pose, pose or poses", {
    file: values.file,
    hint: model
      ? "the file holds a body model, not a fit"
      : `the file holds: ${shown.join(", ") || "nothing"}`,
  });
}

async function genderOf(arrays: NamedArrays): Promise<BodyGender | undefined> {
  const text = (await arrays.text("gender"))?.toLowerCase();
  return text === "female" || text === "male" || text === "neutral" ? text : undefined;
}

function notesOf(format: FitFormat, options: FitReadOptions): Note[] {
  const notes: Note[] = [];
  if (format.id === "cape" && options.restShape === undefined) {
    notes.push({
      code: "shape-missing",
      text:
        "CAPE keeps shapes beside the fits: without <subject>_minimal.npy the mean shape is used",
    });
  }
  if (format.id === "x-humans" && options.betas === undefined) {
    notes.push({
      code: "shape-per-frame",
      text: "X-Humans asks for mean_shape_smpl(x).npy instead of the betas in each file",
    });
  }
  return notes;
}

/** Tracks of several people: each frame is one person in one picture. */
async function readTracks(
  tracks: NonNullable<ReturnType<typeof tracksOf>>,
  file: string,
  options: FitReadOptions,
): Promise<FitFile> {
  const format = FIT_FORMATS.find(({ id }) => id === (options.format ?? "hmr2"));
  if (format === undefined) {
    throw new RangeError(`Cannot read a fit as "${options.format}": there is no such format`);
  }
  const values = await Promise.all(
    tracks.map(({ params }) => FitValues.read(new MapArrays(params, file), ALL_PARAM_NAMES)),
  );
  const opened: FitFile = {
    file,
    format: format.id,
    title: format.title,
    evidence: `${tracks.length} people in pictures, key smpl`,
    frames: tracks.length,
    frame(index): FitFrame {
      if (!(Number.isInteger(index) && index >= 0 && index < tracks.length)) {
        throw new RangeError(`Cannot read frame ${index} of "${file}": it has ${tracks.length}`);
      }
      const one = { frame: 0, frames: 1, options };
      return { ...readFrame(values[index], format.conventions, one), id: tracks[index].id };
    },
    notes: [],
  };
  opened.frame(0);
  return opened;
}
