/** What a body-model or fit file is: what `body info FILE` prints. */
import { createHash } from "node:crypto";
import { type BodyModelFacts, describeBodyModel, KIND_TITLES } from "../../body/describe.ts";
import { type KeySummary, openArrays } from "../../body/arrays.ts";
import { bodyModelOf } from "../../body/body_file.ts";
import { fileSource } from "../../core/files/disk.ts";
import type { Note } from "../../core/files/note.ts";
import type { ByteSource } from "../../core/files/source.ts";
import { hintOf, InputError, messageOf } from "../../core/work/errors.ts";
import { readFits } from "./read.ts";
import { describeConvention } from "./types.ts";

/** Facts of a fit file; JSON as it is. */
export interface FitFacts {
  /** An id of `FIT_FORMATS`. */
  format: string;
  title: string;
  evidence: string;
  frames: number;
  /** Kinds of models that the first frame goes with. */
  kinds: string[];
  betas: number;
  expressions: number;
  /** Rotations besides the root. */
  rotations: number;
  scale: number;
  /** The ways to understand the numbers, in words, the documented one first. */
  conventions: string[];
  notes: Note[];
}

/** What a file is. Exactly one of `model`, `fit` and `fault` is set. */
export interface BodyDescription {
  schema: "scan2score/body-info-1";
  file: string;
  bytes: number;
  sha256: string;
  container: "npz" | "pickle" | "other";
  /** Arrays by name, where the file has any. */
  keys: KeySummary[];
  model?: BodyModelFacts;
  fit?: FitFacts;
  /** Why it is neither a body model nor a fit. */
  fault?: { text: string; hint?: string };
}

/** Describes a file on disk; as {@linkcode describeBody}. */
export async function describeBodyFile(path: string): Promise<BodyDescription> {
  return await describeBody(await fileSource(path));
}

/**
 * Describes a file: a body model, a fit, or why it is neither. What it is called plays no part.
 *
 * @throws {InputError} Only if the file cannot be read from its disk.
 */
export async function describeBody(source: ByteSource): Promise<BodyDescription> {
  const out: BodyDescription = {
    schema: "scan2score/body-info-1",
    file: source.name,
    bytes: source.byteLength,
    sha256: await hashOf(source),
    container: "other",
    keys: [],
  };
  let fault: unknown;
  try {
    const arrays = await openArrays(source, "the file");
    out.container = arrays.format;
    out.keys = await arrays.summary();
    const names = new Set(arrays.names);
    if (names.has("v_template") || names.has("shapedirs") || names.has("posedirs")) {
      out.model = describeBodyModel(await bodyModelOf(arrays));
      return out;
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    fault = error;
    // What it is may still be a fit: JSON, or a pickle that is no dictionary.
    if (out.keys.length > 0) {
      out.fault = faultOf(error);
      return out;
    }
  }
  try {
    out.fit = await fitFacts(source);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    out.fault = faultOf(
      out.keys.length === 0 && fault !== undefined ? moreTelling(fault, error) : error,
    );
  }
  return out;
}

/** Of two reasons, the one that names something in the file over "it is neither". */
function moreTelling(first: unknown, second: unknown): unknown {
  return messageOf(first).includes("neither") ? second : first;
}

function faultOf(error: unknown): { text: string; hint?: string } {
  const hint = hintOf(error);
  return { text: messageOf(error), ...(hint === undefined ? {} : { hint }) };
}

async function fitFacts(source: ByteSource): Promise<FitFacts> {
  const file = await readFits(source);
  const { candidates } = file.frame(0);
  const { fit } = candidates[0];
  return {
    format: file.format,
    title: file.title,
    evidence: file.evidence,
    frames: file.frames,
    kinds: [...new Set(candidates.map((c) => c.fit.kind))],
    betas: fit.betas.length,
    expressions: fit.expression?.length ?? 0,
    rotations: fit.bodyPose.length / 3,
    scale: fit.scale,
    conventions: [...new Set(candidates.map((c) => describeConvention(c.convention)))],
    notes: file.notes,
  };
}

async function hashOf(source: ByteSource): Promise<string> {
  const hash = createHash("sha256"), step = 1 << 22;
  for (let at = 0; at < source.byteLength; at += step) {
    hash.update(await source.slice(at, Math.min(source.byteLength, at + step)));
  }
  return hash.digest("hex");
}

/** A description as lines of text. */
export function bodyDescriptionText(description: BodyDescription): string {
  const { model, fit, fault, keys } = description;
  const lines = [
    `${description.file}`,
    `  ${description.bytes} bytes, sha256 ${description.sha256}`,
  ];
  if (model !== undefined) {
    const gender = model.gender === "unknown"
      ? "gender unknown (the file does not say)"
      : model.gender;
    lines.push(
      `  ${KIND_TITLES[model.kind]} body model, ${gender}`,
      `  ${model.vertices} vertices, ${model.faces} faces, ${model.joints} joints, ` +
        `${model.betas} betas, ${model.expressions} expressions`,
      `  hands: ${model.handComponents === 0 ? "no" : model.handComponents} PCA components; ` +
        `face: ${model.landmarks} landmarks, ${model.contour} of the jaw line; ` +
        `texture coordinates: ${model.textureCoordinates ? "yes" : "no"}`,
      `  mean body ${model.heightM.toFixed(3)} m high, topology ${model.topology}`,
      ...model.uses.map((use) => `  use: ${use}`),
      ...model.notes.map((note) => `  note: ${note.text}`),
    );
  } else if (fit !== undefined) {
    lines.push(
      `  ${fit.title} (${fit.evidence})`,
      `  ${fit.frames} ${fit.frames === 1 ? "frame" : "frames"}; kind ${fit.kinds.join(" or ")}; ` +
        `${fit.betas} betas, ${fit.expressions} expressions, ${fit.rotations} rotations, ` +
        `scale ${fit.scale}`,
      ...fit.conventions.map((text, i) => `  ${i === 0 ? "documented" : "also met"}: ${text}`),
      ...fit.notes.map((note) => `  note: ${note.text}`),
    );
  } else {
    lines.push(`  neither a body model nor a fit: ${fault?.text}`);
    if (fault?.hint !== undefined) lines.push(`  hint: ${fault.hint}`);
  }
  for (const { name, shape, dtype } of keys) {
    lines.push(`  ${name}: ${shape.length === 0 ? "" : `${shape.join(" × ")} `}${dtype}`);
  }
  return lines.join("\n") + "\n";
}
