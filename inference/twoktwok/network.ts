/**
 * The data flow of one picture, from the network's input to full-size maps (docs/models.md, "Data
 * flow"). Networks are loaded, run and released in turn.
 */
import { CancelledError, InputError } from "../../core/work/errors.ts";
import { withDefaults } from "../../core/work/options.ts";
import type { SessionOptions } from "../onnx/session.ts";
import { blendParts, type PartNormals } from "./blend.ts";
import { type CoarseDepth, coarseDepth, coarsePicture, networkValues, scaledUp } from "./coarse.ts";
import type { ModelFolder } from "./model_json.ts";
import { type Feeds, openNet, runNet } from "./nets.ts";
import type { PartAffines } from "./part_affine.ts";
import { partWindow } from "./part_windows.ts";
import { type FineDepth, refineDepth, unrefinedDepth } from "./refine.ts";
import { middleWindow, SourcePositions } from "./sampling.ts";

/** What the networks see of a picture. */
export interface NetworkInput {
  /** Interleaved 8-bit RGB canvas, cut out and enhanced. */
  rgb: Uint8Array;
  affines: PartAffines;
  /** For models with `cueChannels`: planes on the coarse grid; absent means zeros. */
  cue?: Float32Array | undefined;
}

/** How the networks run. */
export interface NetworkOptions {
  /** Threads inside an operator. Default: 1. */
  threads?: number;
  /** Execution providers in order of preference. Default: cpu. */
  providers?: readonly string[];
  /**
   * `low` uses small refinement tiles whatever they cost. Networks are loaded, run and released in
   * turn either way. Default: `normal`.
   */
  memory?: "normal" | "low";
  /** Side of a refinement tile, a multiple of 8, or `whole`. Default: 256 or 128, as is cheaper. */
  tilePx?: number | "whole" | undefined;
  /** Whether tiles that see only background share one result. Default: `share`. */
  background?: "share" | "each";
  /** Stops between networks and tiles. */
  signal?: AbortSignal | undefined;
  /** Wraps each stage: measures it, shows it. Default: runs it. */
  stage?: (name: string, work: () => Promise<void>) => Promise<void>;
  /** Told how much of a stage is done. */
  progress?: ((stage: string, done: number, total: number) => void) | undefined;
}

type Settings = { [K in keyof Required<NetworkOptions>]: NetworkOptions[K] } & {
  threads: number;
  providers: readonly string[];
  memory: "normal" | "low";
  background: "share" | "each";
  stage: NonNullable<NetworkOptions["stage"]>;
};

/** See `NetworkOptions`. */
export const NETWORK_DEFAULTS: Readonly<Settings> = Object.freeze<Settings>({
  threads: 1,
  providers: Object.freeze(["cpu"]),
  memory: "normal",
  tilePx: undefined,
  background: "share",
  signal: undefined,
  stage: (_name, work) => work(),
  progress: undefined,
});

/** Everything the networks gave; the sizes are the pipeline's. */
export interface NetworkMaps {
  /** 6 × coarse². */
  coarseNormal: Float32Array;
  coarse: CoarseDepth;
  /** By part index. */
  parts: PartNormals[];
  /** 6 × canvas². */
  normal: Float32Array;
  /** canvas². */
  occupancy: Float32Array;
  fine: FineDepth;
}

/**
 * Runs the networks on one picture.
 *
 * @throws {CancelledError} If the signal is raised.
 * @throws {InputError} If a network cannot be loaded.
 */
export async function runNetwork(
  input: NetworkInput,
  model: ModelFolder,
  options: NetworkOptions = {},
): Promise<NetworkMaps> {
  const settings = withDefaults<Settings>(NETWORK_DEFAULTS, options);
  return await new Run(input, model, settings).all();
}

/** One run: holds what later stages need and no more. */
class Run {
  readonly #session: SessionOptions;

  constructor(
    private readonly input: NetworkInput,
    private readonly model: ModelFolder,
    private readonly settings: Settings,
  ) {
    // An arena that lives as long as its network is leaner than allocations one by one, which the
    // system's allocator does not give back between networks (measured: 640 MB against 790 MB).
    const { threads, providers } = settings;
    this.#session = { threads, providers, memory: "fast" };
  }

  async all(): Promise<NetworkMaps> {
    const { pipeline } = this.model.json;
    const { coarsePx, canvasPx } = pipeline;
    const picture = coarsePicture(this.input.rgb, pipeline);
    const grid = coarsePx * coarsePx;
    const coarseNormal = await this.#stage(
      "coarse normals",
      () => this.#once("coarse_normal", this.#coarseFeeds({ picture }), 6 * grid),
    );
    const parts = await this.#partNormals(coarseNormal);
    const coarseOutput = await this.#stage(
      "coarse depth",
      () =>
        this.#once(
          "coarse_depth",
          this.#coarseFeeds({ picture, normal: coarseNormal }),
          3 * grid,
        ),
    );
    const coarse = coarseDepth(coarseOutput, pipeline);
    const { normal, occupancy } = await this.#stage(
      "blend",
      () => Promise.resolve(blendParts(parts, [this.input.affines, pipeline])),
    );
    const fine = await this.#stage("refine", () => {
      if (pipeline.refine === "none") {
        return Promise.resolve(unrefinedDepth(coarseOutput, pipeline));
      }
      const depth = new Float32Array(2 * grid);
      depth.set(coarse.front);
      depth.set(coarse.back, grid);
      const { memory, tilePx, background, signal, progress } = this.settings;
      return refineDepth({ normal, depth, side: canvasPx }, this.model, {
        session: this.#session,
        tilePx: tilePx ?? (memory === "low" ? 128 : "auto"),
        background,
        signal,
        progress: (done, total) => progress?.("refine", done, total),
      });
    });
    return { coarseNormal, coarse, parts, normal, occupancy, fine };
  }

  /** Runs every part through its group's network. */
  async #partNormals(coarseNormal: Float32Array): Promise<PartNormals[]> {
    const { pipeline } = this.model.json;
    const { canvasPx, coarsePx, groups } = pipeline;
    const grid = coarsePx * coarsePx;
    const source = {
      rgb: this.input.rgb,
      values: networkValues(pipeline),
      normals: scaledUp(coarseNormal.subarray(0, 3 * grid), coarsePx, canvasPx / coarsePx),
      side: canvasPx,
    };
    const results: PartNormals[] = [];
    for (const group of groups) {
      await this.#stage(`normals: ${group.net}`, async () => {
        const box = middleWindow(canvasPx, group.windowPx), [rows, columns] = group.windowPx;
        await using session = await openNet(this.model, group.net, this.#session);
        for (const part of group.parts) {
          this.#checkSignal();
          const positions = new SourcePositions(
            this.input.affines.pictureFromPart,
            part,
            canvasPx,
          );
          const data = partWindow(source, positions, box);
          const feeds = { [session.inputs[0].name]: { data, dims: [1, 6, rows, columns] } };
          results.push({ part, group, normals: await runNet(session, feeds, 6 * rows * columns) });
        }
      });
    }
    return results.sort((a, b) => a.part - b.part);
  }

  /** Inputs on the coarse grid, with the cue where the model has one. */
  #coarseFeeds(planes: Record<string, Float32Array>): Feeds {
    const { coarsePx, cueChannels } = this.model.json.pipeline;
    const grid = coarsePx * coarsePx;
    const all = { ...planes };
    if (cueChannels > 0) {
      all.cue = this.input.cue ?? new Float32Array(cueChannels * grid);
      if (all.cue.length !== cueChannels * grid) {
        throw new RangeError(
          `Cannot use the cue: found ${all.cue.length} values, expected ${cueChannels} × ${grid}`,
        );
      }
    }
    return Object.fromEntries(
      Object.entries(all).map(([name, data]) => [
        name,
        { data, dims: [1, data.length / grid, coarsePx, coarsePx] },
      ]),
    );
  }

  /** Loads a network, runs it once and releases it; inputs it does not name are left out. */
  async #once(name: string, feeds: Feeds, valueCount: number): Promise<Float32Array> {
    await using session = await openNet(this.model, name, this.#session);
    const wanted = Object.fromEntries(session.inputs.map((input) => {
      const feed = feeds[input.name];
      if (feed === undefined) {
        throw new InputError(
          `Cannot run the network "${name}": it asks for "${input.name}", ` +
            `expected ${Object.keys(feeds).join(", ")}`,
          { file: this.model.folder },
        );
      }
      return [input.name, feed];
    }));
    return await runNet(session, wanted, valueCount);
  }

  async #stage<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.#checkSignal();
    let result!: T;
    await this.settings.stage(name, async () => {
      result = await work();
    });
    return result;
  }

  #checkSignal(): void {
    if (this.settings.signal?.aborted) throw new CancelledError();
  }
}
