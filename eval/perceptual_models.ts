/**
 * Networks that the user brings for LPIPS, FID and KID: they are not ours to bundle. A folder holds
 * one or both of `lpips.onnx` and `features.onnx`; `docs/formats.md` says what goes in and out.
 */
import { InputError } from "../core/work/errors.ts";
import { type FileRecord, hashFile } from "../core/work/hash.ts";
import { join } from "../core/work/path.ts";
import { openSession, type Session, type TensorInfo } from "../inference/onnx/session.ts";

/** A picture as the networks take it: 1 × 3 × size × size, RGB, −1 … 1. */
export interface NetworkPicture {
  data: Float32Array;
  sizePx: number;
}

/** The networks that are there. Dispose it to give their memory back. */
export interface PerceptualModels extends AsyncDisposable {
  /** The files, by name. */
  files: Omit<FileRecord, "role">[];
  /** How unlike two pictures are. */
  lpips?: (a: NetworkPicture, b: NetworkPicture) => Promise<number>;
  /** The features of a picture. */
  features?: (picture: NetworkPicture) => Promise<Float32Array>;
}

/** What each file must take and give. */
const TENSORS = {
  "lpips.onnx": { inputs: ["a", "b"], output: "distance" },
  "features.onnx": { inputs: ["image"], output: "features" },
} as const;

const HINT =
  "expected lpips.onnx (inputs a and b, output distance) or features.onnx (input image, " +
  "output features), or both; pictures are float32 1 × 3 × 512 × 512, RGB, −1 to 1: docs/formats.md";

/**
 * Opens the networks of a folder.
 *
 * @throws {InputError} If it holds neither file, or one has other inputs or outputs.
 */
export async function openPerceptualModels(folder: string): Promise<PerceptualModels> {
  const files: Omit<FileRecord, "role">[] = [], sessions: Partial<Record<string, Session>> = {};
  const close = async () => {
    for (const session of Object.values(sessions)) await session?.[Symbol.asyncDispose]();
  };
  try {
    for (const [name, { inputs, output }] of Object.entries(TENSORS)) {
      const file = join(folder, name);
      if ((await Deno.stat(file).catch(() => undefined))?.isFile !== true) continue;
      const session = sessions[name] = await openSession(file);
      checkTensors(session, { file, inputs, output });
      files.push({ path: name, ...await hashFile(file) });
    }
    if (files.length === 0) {
      throw new InputError("Cannot use perceptual models: found neither of the two files", {
        file: folder,
        hint: HINT,
      });
    }
  } catch (error) {
    await close();
    throw error;
  }
  const { "lpips.onnx": lpips, "features.onnx": features } = sessions;
  return {
    files,
    ...(lpips === undefined ? {} : {
      lpips: async (a, b) => {
        const { distance } = await lpips.run({ a: tensor(a), b: tensor(b) });
        return finite([distance.data[0]], "lpips.onnx", 1)[0];
      },
    }),
    ...(features === undefined ? {} : {
      features: async (picture) => {
        const { features: out } = await features.run({ image: tensor(picture) });
        return Float32Array.from(finite(out.data, "features.onnx"));
      },
    }),
    [Symbol.asyncDispose]: close,
  };
}

function tensor({ data, sizePx }: NetworkPicture) {
  return { data, dims: [1, 3, sizePx, sizePx] };
}

function checkTensors(
  session: Session,
  { file, inputs, output }: { file: string; inputs: readonly string[]; output: string },
): void {
  const names = (list: readonly TensorInfo[]) => list.map(({ name }) => name);
  const has = names(session.inputs), gives = names(session.outputs);
  if (has.length === inputs.length && inputs.every((name) => has.includes(name))) {
    if (gives.includes(output)) return;
  }
  throw new InputError(
    `Cannot use a perceptual model: it takes ${has.join(", ") || "nothing"} and gives ` +
      `${gives.join(", ") || "nothing"}, expected ${inputs.join(", ")} and ${output}`,
    { file, hint: HINT },
  );
}

function finite<T extends ArrayLike<number>>(values: T, name: string, most = Infinity): T {
  const bad = Array.from(values).findIndex((value) => !Number.isFinite(value));
  if (bad < 0 && values.length > 0 && values.length <= most) return values;
  throw new InputError(
    `Cannot use ${name}: it gave ${bad < 0 ? `${values.length} numbers` : values[bad]}, ` +
      "expected finite numbers",
  );
}
