/**
 * Checks artifacts against what they say of themselves: every file's hash, every score recomputed,
 * every leaderboard built again.
 */
import { basename, dirname, join } from "../core/work/path.ts";
import { InputError, messageOf } from "../core/work/errors.ts";
import { hashPlace, hasPlace } from "../core/files/place.ts";
import type { FileRecord } from "../core/work/hash.ts";
import type { Json } from "../core/work/json.ts";
import { readManifest } from "../core/work/manifest.ts";
import { insideOf, resolvePortable } from "../core/work/paths.ts";
import type { Progress } from "../core/work/progress.ts";
import { readJson } from "../core/work/schema.ts";
import { faultOfSeal } from "../core/work/seal.ts";
import type { RunOptions } from "../core/work/work_list.ts";
import { openDataset } from "../datasets/open.ts";
import { buildLeaderboard, leaderboardJson, leaderboardSchema } from "./leaderboard.ts";
import { differencesOf } from "./_verify_scores.ts";
import { chosenProtocol } from "./eval_task.ts";
import { protocolRecord } from "./protocols/protocol.ts";
import { choiceOf, rescore } from "./rescore.ts";
import { readResults } from "./write_report.ts";
import type { InputRecord, Results } from "./results.ts";

/** One thing that is not as recorded. */
export interface Finding {
  /**
   * `changed` and `missing` files, `score`s that come out otherwise, constants that are not their
   * `protocol`'s, `unreadable` artifacts.
   */
  code: "changed" | "missing" | "score" | "protocol" | "unreadable";
  /** The file, or the row and key. */
  at: string;
  text: string;
}

/** What was checked. */
export interface Verification {
  artifact: string;
  kind: "manifest" | "results" | "leaderboard";
  files: number;
  scores: number;
  findings: Finding[];
  /** Inputs that were not found here, so they were not checked. Empty for a full check. */
  unchecked: string[];
}

export interface VerifyOptions extends RunOptions {
  /** Where the scans or views are, if they moved. */
  truth?: string | undefined;
  /** Where the predictions are, if they moved. */
  predictions?: string | undefined;
  /** Leaves scores as they are: checks hashes only. */
  hashesOnly?: boolean;
  progress?: Progress;
}

/**
 * Verifies an artifact: a folder with a manifest, a results file, a leaderboard, or a folder that
 * holds such (two levels down).
 *
 * @throws {InputError} If there is nothing to verify at the path.
 */
export async function verify(path: string, options: VerifyOptions = {}): Promise<Verification[]> {
  const stat = await Deno.stat(path).catch(() => undefined);
  if (stat === undefined) {
    throw new InputError("Cannot verify: no such file or folder", { file: path });
  }
  const artifacts = stat.isFile ? [path] : await artifactsIn(path, 2);
  if (artifacts.length === 0) {
    throw new InputError("Cannot verify: the folder holds no artifact", {
      file: path,
      hint: "an artifact is a folder with manifest.json, a results file or a leaderboard.json",
    });
  }
  const done: Verification[] = [];
  for (const artifact of artifacts) done.push(await verifyFile(artifact, options));
  return done;
}

/** manifest.json, leaderboard.json and results files below a folder. */
async function artifactsIn(folder: string, depth: number): Promise<string[]> {
  const found: string[] = [], inner: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".")) continue;
    if (entry.isDirectory) inner.push(path);
    else if (entry.name.endsWith(".json") && await kindOf(path) !== undefined) found.push(path);
  }
  if (depth > 0 && !found.some((path) => basename(path) === "manifest.json")) {
    for (const path of inner.sort()) found.push(...await artifactsIn(path, depth - 1));
  }
  return found.sort();
}

/** The longest file that is verified: its text is compared as a whole. */
const MOST_BYTES = 500e6;

async function kindOf(path: string): Promise<Verification["kind"] | undefined> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  // The suite's files have sorted keys: of long ones the schema stands near the end, after the rows.
  const text = size > MOST_BYTES
    ? await lastText(file, size)
    : await Deno.readTextFile(path).catch(() => "");
  const schema = /"schema"\s*:\s*"scan2score\/(manifest|results|leaderboard)-1"/.exec(text);
  return schema?.[1] as Verification["kind"] | undefined;
}

async function lastText(file: Deno.FsFile, size: number): Promise<string> {
  const bytes = new Uint8Array(4096);
  await file.seek(size - bytes.length, Deno.SeekMode.Start);
  const read = await file.read(bytes) ?? 0;
  return new TextDecoder().decode(bytes.subarray(0, read));
}

async function verifyFile(path: string, options: VerifyOptions): Promise<Verification> {
  const { size } = await Deno.stat(path).catch(() => ({ size: 0 }));
  if (size > MOST_BYTES) {
    throw new InputError(
      `Cannot verify: the file has ${Math.round(size / 1e6)} MB, expected at most 500`,
      { file: path, hint: "score parts of the data set apart, with eval --only" },
    );
  }
  const kind = await kindOf(path);
  const report: Verification = {
    artifact: path,
    kind: kind ?? "manifest",
    files: 0,
    scores: 0,
    findings: [],
    unchecked: [],
  };
  if (kind === undefined) {
    throw new InputError("Cannot verify: it is no manifest, results file or leaderboard", {
      file: path,
    });
  }
  try {
    if (kind === "manifest") await verifyManifest(dirname(path), report);
    else if (kind === "results") await verifyResults(path, report, options);
    else await verifyLeaderboard(path, report);
    const fault = faultOfSeal(await Deno.readTextFile(path)); // what is no JSON was told above
    if (fault !== undefined) {
      report.findings.push({ code: "changed", at: basename(path), text: fault });
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    report.findings.push({ code: "unreadable", at: basename(path), text: messageOf(error) });
  }
  return report;
}

async function verifyManifest(folder: string, report: Verification): Promise<void> {
  const manifest = await readManifest(folder);
  for (const file of manifest.files) {
    await checkFile(insideOf(folder, file.path), file, report);
  }
  const inputs = new Map<string, FileRecord>();
  for (const item of manifest.items) {
    for (const output of item.outputs) {
      await checkFile(insideOf(folder, output.path), output, report);
    }
    for (const input of item.inputs) inputs.set(input.path, input);
  }
  for (const input of inputs.values()) {
    await checkInput(resolvePortable(input.path, folder), input, report);
  }
}

async function verifyResults(
  path: string,
  report: Verification,
  options: VerifyOptions,
): Promise<void> {
  const results = await readResults(path);
  const folder = dirname(path);
  const places = await Places.open(results, folder, options);
  for (const input of results.inputs) await checkInput(places.fileOf(input), input, report);
  if (options.hashesOnly || report.findings.length > 0 || report.unchecked.length > 0) return;
  const changed = changedProtocols(results);
  report.findings.push(...changed);
  if (changed.length > 0) return; // its scores would be compared with another protocol's
  const fresh = await rescore(results, (input) => places.fileOf(input), options);
  const { compared, findings } = differencesOf(results, fresh);
  report.scores = compared;
  report.findings.push(...findings);
}

/** Protocol records whose constants, labels or quirks are not those of their id and version. */
function changedProtocols(results: Results): Finding[] {
  return results.protocols.flatMap((record): Finding[] => {
    const wanted = protocolRecord(chosenProtocol(choiceOf(record))) as unknown as Json;
    const known = Object.keys(wanted as object).filter((key) => key in record);
    const only = (value: object) =>
      Object.fromEntries(known.map((key) => [key, (value as { [key: string]: Json })[key]]));
    const at = firstDifference(only(record) as Json, only(wanted as object) as Json, record.id);
    if (at === undefined) return [];
    const { found, wanted: is } = at;
    const text = `recorded ${JSON.stringify(found)}, the protocol has ${JSON.stringify(is)}`;
    return [{ code: "protocol", at: at.path, text }];
  });
}

/** Finds inputs where they are now. */
class Places {
  private constructor(
    private readonly folder: string,
    private readonly truth: {
      /** The folder of the truth, or the inside of its archive. */
      place: string | undefined;
      scans: ReadonlyMap<string, string>;
      faces: ReadonlyMap<string, string>;
      fits: ReadonlyMap<string, string>;
      body: string | undefined;
    },
    private readonly options: VerifyOptions,
  ) {}

  static async open(results: Results, folder: string, options: VerifyOptions): Promise<Places> {
    const scans = new Map<string, string>(), fits = new Map<string, string>();
    const faces = new Map<string, string>();
    let body: string | undefined, place: string | undefined;
    if (options.truth !== undefined) {
      const { subjects, folder } = await openDataset(options.truth);
      place = folder;
      for (const { id, scanFile, facesFile, fit } of subjects) {
        scans.set(id, scanFile);
        if (facesFile !== undefined) faces.set(id, facesFile);
        if (fit !== undefined) fits.set(id, fit.file);
        body ??= fit?.bodyFile;
      }
      const lost = results.inputs.find((i) => i.role === "scan" && !scans.has(i.subject ?? ""));
      if (lost !== undefined) {
        throw new InputError(`Cannot verify: the truth has no subject "${lost.subject}"`, {
          file: options.truth,
        });
      }
    }
    return new Places(folder, { place, scans, faces, fits, body }, options);
  }

  fileOf(input: InputRecord): string {
    const { predictions } = this.options;
    const recorded = resolvePortable(input.path, this.folder);
    const { place: truth, scans, faces, fits, body } = this.truth;
    if (truth !== undefined && input.role === "scan") return scans.get(input.subject!)!;
    if (input.role === "faces") return faces.get(input.subject!) ?? recorded;
    if (truth !== undefined && input.role === "fit") return fits.get(input.subject!) ?? recorded;
    if (truth !== undefined && input.role === "body") return body ?? recorded;
    if (truth !== undefined && (input.role === "camera" || input.role === "color")) {
      return join(truth, input.subject!, input.view!, basename(input.path));
    }
    if (predictions !== undefined && /^predictions?$/.test(input.role)) {
      // The tail of the recorded path below the folder that was given: method/…/mesh.
      const parts = input.path.split("/");
      const name = basename(predictions), at = parts.lastIndexOf(name);
      const tail = at >= 0 ? parts.slice(at + 1) : parts.filter((part) => part !== "..");
      return join(predictions, ...tail);
    }
    return recorded;
  }
}

async function verifyLeaderboard(path: string, report: Verification): Promise<void> {
  const folder = dirname(path);
  const recorded = await readJson(leaderboardSchema, path, { what: basename(path) });
  const results: Results[] = [];
  for (const source of recorded.sources) {
    const file = resolvePortable(source.path, folder);
    await checkInput(file, { role: "results", ...source }, report);
    if (report.unchecked.length === 0) {
      results.push(await readResults(file));
    }
  }
  if (results.length !== recorded.sources.length || results.length === 0) return;
  if (report.findings.length > 0) return; // made from other results
  const { resamples, level, seed } = recorded.statistics;
  const fresh = buildLeaderboard(results, { resamples, level, seed, sources: recorded.sources });
  const found = { ...JSON.parse(leaderboardJson(recorded)), seal: undefined } as Json;
  const wanted = { ...JSON.parse(leaderboardJson(fresh)), seal: undefined } as Json;
  report.scores = recorded.boards.reduce(
    (n, board) => n + board.entries.reduce((m, e) => m + Object.keys(e.scores).length, 0),
    0,
  );
  const at = firstDifference(found, wanted, "");
  if (at !== undefined) {
    report.findings.push({
      code: "score",
      at: at.path,
      text: `the file says ${JSON.stringify(at.found)}, its results give ${
        JSON.stringify(at.wanted)
      }`,
    });
  }
}

/** Where two JSON values first differ, in the order of keys. */
function firstDifference(
  found: Json | undefined,
  wanted: Json | undefined,
  path: string,
): { path: string; found: Json | undefined; wanted: Json | undefined } | undefined {
  if (found === wanted) return undefined;
  const nested = typeof found === "object" && typeof wanted === "object" && found !== null &&
    wanted !== null && Array.isArray(found) === Array.isArray(wanted);
  if (!nested) return { path: path === "" ? "the whole file" : path, found, wanted };
  const a = found as { [key: string]: Json }, b = wanted as { [key: string]: Json };
  for (const key of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()) {
    const at = Array.isArray(found) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    const difference = firstDifference(a[key], b[key], at);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

async function checkFile(path: string, record: FileRecord, report: Verification): Promise<void> {
  report.files++;
  if (!await hasPlace(path)) {
    report.findings.push({ code: "missing", at: record.path, text: "the file is gone" });
    return;
  }
  const { bytes, sha256 } = await hashPlace(path);
  if (bytes === record.bytes && sha256 === record.sha256) return;
  const text = bytes === record.bytes
    ? `its content changed: SHA-256 ${sha256.slice(0, 12)}…, recorded ${
      record.sha256.slice(0, 12)
    }…`
    : `it has ${bytes} bytes, recorded ${record.bytes}`;
  report.findings.push({ code: "changed", at: record.path, text });
}

/** An input may be elsewhere now: then it is named as unchecked. */
async function checkInput(path: string, record: FileRecord, report: Verification): Promise<void> {
  if (await hasPlace(path)) await checkFile(path, record, report);
  else report.unchecked.push(record.path);
}
