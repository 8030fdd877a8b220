/**
 * What a model's networks expect and how they are put together: the numbers of the data flow. The
 * published 2K2K is one instance; a model of the same design with other sides is another.
 */
import { z } from "zod";
import { open } from "../../core/work/schema.ts";
import { PARTS } from "./parts.ts";

const side = z.int().positive().max(16384);
const sides = z.tuple([side, side]);

/** Parts that share a network. */
export const partGroup = open({
  /** Name of the network in `nets`. */
  net: z.string().min(1),
  /** Indices into the part table. */
  parts: z.array(z.int().min(0).max(PARTS.length - 1)).min(1),
  /** Rows and columns of the part's window, in the middle of its canvas. */
  windowPx: sides,
  /** Rows and columns inside which the part counts, before the blur. */
  weightWindowPx: sides,
});

/** Models with one coarse network on a tight crop and one for all parts (docs/open_model.md). */
export const compactPipeline = open({
  /** The longer side of the mask's box, as a share of the crop's side. */
  personShare: z.number().positive().max(1),
  /** Side of the cue's grid over the crop. */
  cuePx: side,
  /** Whether the network `lifter` corrects the depths of the cue's points. */
  lifter: z.boolean(),
  /** Whether the coarse network also sees the crop mirrored, and its answers are averaged. */
  mirror: z.boolean(),
  /**
   * Whether the coarse network sees the fitted body (`bodyPlanes`) and answers with the depth that it
   * makes of it. Otherwise its depth is held to the body afterwards. Default: false.
   */
  body: z.boolean().optional(),
  /** `shared`: the network `part` refines normals in every window. `none`: the coarse ones stand. */
  parts: z.enum(["shared", "none"]),
  /** `integrate`: depth follows the normals. `none`: the coarse depth, scaled up. */
  refine: z.enum(["integrate", "none"]),
  /** Front and back are kept this far apart, canvas pixels. */
  leastThicknessPx: z.number().positive(),
});

/** See `compactPipeline`. */
export type CompactPipeline = z.infer<typeof compactPipeline>;

/** See the file's head. */
export const pipelineSchema = open({
  /** Side of the square canvas. */
  canvasPx: side,
  /** Side of the coarse grid; divides the canvas evenly. */
  coarsePx: side,
  /** Name of the part table: points, targets and shortening of `parts.ts`. */
  parts: z.literal("2k2k-12"),
  groups: z.array(partGroup).min(1),
  /** Gaussian that softens a part's weight window. */
  weightBlur: open({
    taps: z.int().positive().multipleOf(2).or(side),
    sigmaPx: z.number().positive(),
  }),
  /** Factor of the three colour steps; 1 leaves the picture as it is. */
  colorFactor: z.number().min(0).max(1),
  /** Network picture: `(value / 255 − mean) / deviation`. */
  normalise: open({ mean: z.number(), deviation: z.number().positive() }),
  depth: open({
    /** Values that the networks' depths are clamped to. */
    min: z.number(),
    max: z.number(),
    /** What stands for the background in front and in back. */
    backgroundFront: z.number(),
    backgroundBack: z.number(),
    /** Canvas pixels in a unit of depth, and the depth of the plane through the body's centre. */
    unitPx: z.number().positive(),
    centre: z.number(),
    /** Coarse mask values above this are the person. */
    maskThreshold: z.number().min(0).max(1),
  }),
  /**
   * What normals code: a depth step to the next pixel of `s` depth units is the normal
   * `(s, …, zStep)` before it is made a unit vector.
   */
  normals: open({ zStep: z.number().positive() }),
  /** Extra channels that networks with an input `cue` take on the coarse grid; 0 for none. */
  cueChannels: z.int().min(0),
  /**
   * `pyramid`: a network of kind R, three doublings of 3 × 3 convolutions, run in tiles. `none`:
   * the coarse depth is the result, scaled up.
   */
  refine: z.enum(["pyramid", "none"]),
  /** Present in compact models; `coarsePx` is then the side of the crop's grid. */
  compact: compactPipeline.optional(),
});

/** See `pipelineSchema`. */
export type Pipeline = z.infer<typeof pipelineSchema>;

/** One entry of `Pipeline.groups`. */
export type PartGroup = z.infer<typeof partGroup>;

/** The published system's numbers. */
export const PUBLISHED_PIPELINE: Readonly<Pipeline> = Object.freeze<Pipeline>({
  canvasPx: 2048,
  coarsePx: 256,
  parts: "2k2k-12",
  groups: [
    { net: "face", parts: [0], windowPx: [368, 320], weightWindowPx: [352, 304] },
    { net: "upper", parts: [1], windowPx: [528, 336], weightWindowPx: [512, 320] },
    { net: "arm", parts: [2, 3, 4, 5], windowPx: [352, 224], weightWindowPx: [336, 208] },
    { net: "leg", parts: [6, 7, 8, 9], windowPx: [272, 256], weightWindowPx: [256, 240] },
    { net: "shoe", parts: [10, 11], windowPx: [176, 128], weightWindowPx: [160, 112] },
  ],
  weightBlur: { taps: 15, sigmaPx: 5 },
  colorFactor: 0.85,
  normalise: { mean: 0.5, deviation: 0.5 },
  depth: {
    min: 0,
    max: 6,
    backgroundFront: 6,
    backgroundBack: 0,
    unitPx: 512,
    centre: 2,
    maskThreshold: 0.5,
  },
  normals: { zStep: 1 / 255 },
  cueChannels: 0,
  refine: "pyramid",
});

/**
 * Says what is inconsistent in a pipeline, or undefined.
 */
export function pipelineFault(p: Pipeline): string | undefined {
  const scale = p.canvasPx / p.coarsePx;
  if (p.compact === undefined && (!Number.isInteger(scale) || scale % 2 !== 0)) {
    return `canvasPx ${p.canvasPx} is not an even multiple of coarsePx ${p.coarsePx}`;
  }
  if (p.refine === "pyramid" && scale !== 8) {
    return `canvasPx is ${scale} × coarsePx, expected 8 × with a pyramid refinement`;
  }
  if (p.coarsePx % 16 !== 0) return `coarsePx is ${p.coarsePx}, expected a multiple of 16`;
  if (p.weightBlur.taps % 2 !== 1) return `weightBlur.taps is ${p.weightBlur.taps}, expected odd`;
  const margin = 2 * (p.weightBlur.taps >> 1) + 2; // so that weights are 0 on the window's rim
  const seen = new Set<number>();
  for (const group of p.groups) {
    for (const part of group.parts) {
      if (seen.has(part)) return `part ${part} is in two groups`;
      seen.add(part);
    }
    const multiple = p.compact === undefined ? 8 : 16;
    for (const axis of [0, 1] as const) {
      const window = group.windowPx[axis], inner = group.weightWindowPx[axis];
      if (window % multiple !== 0 || window > p.canvasPx) {
        return `a window of "${group.net}" has a side of ${window}, expected a multiple of ` +
          `${multiple} ` +
          `up to ${p.canvasPx}`;
      }
      if (inner % 2 !== 0 || inner + margin > window) {
        return `the weight window of "${group.net}" has a side of ${inner}, expected an even ` +
          `number up to ${window - margin}`;
      }
    }
  }
  return undefined;
}
