/** A scan made ready to be compared with any number of predictions under any protocols. */
import type { Camera } from "../../core/geometry/camera.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import type { Backend } from "../../render/backend.ts";
import { type OuterOptions, outerSamples } from "./outer.ts";
import type { TruthBody } from "./regions.ts";
import { Surface } from "./surface.ts";
import type { DetailOptions, DetailView } from "./detail.ts";
import { detailViews, drawScene, type NormalView } from "./views.ts";

/** The scan of one subject. Everything is computed on first use and kept. */
export class Truth extends Surface {
  readonly backend: Backend;
  /** Metres a unit of the scan's file. */
  readonly metresPerUnit: number;
  /** Its body, where scores by part are wanted. */
  readonly body: TruthBody | undefined;
  readonly #outer = new Map<string, Uint8Array>();
  readonly #views = new Map<string, Promise<NormalView[]>>();

  /** @throws {InputError} As {@linkcode Surface}. */
  constructor(
    mesh: Mesh,
    { seed, subject, backend, metresPerUnit = 1, body }: {
      seed: number;
      subject: string;
      backend: Backend;
      metresPerUnit?: number;
      body?: TruthBody | undefined;
    },
  ) {
    super(mesh, { seed, subject, role: "truth" });
    this.backend = backend;
    this.metresPerUnit = metresPerUnit;
    this.body = body;
  }

  /** Which of the `count` samples see the outside, 1 or 0. */
  outer(count: number, options: OuterOptions): Uint8Array {
    const key = JSON.stringify([count, options]);
    let outer = this.#outer.get(key);
    if (outer === undefined) {
      outer = outerSamples(this, this.samples(count), options);
      this.#outer.set(key, outer);
    }
    return outer;
  }

  /** The scan drawn from each camera. */
  views(cameras: readonly Camera[]): Promise<NormalView[]> {
    const key = JSON.stringify(cameras.map(({ camFromScan, ...rest }) => [[...camFromScan], rest]));
    let views = this.#views.get(key);
    if (views === undefined) {
      views = this.scene(this.backend).then((scene) => drawScene(scene, cameras, this.backend));
      this.#views.set(key, views);
    }
    return views;
  }

  /** The bands of its drawn normals, from each camera. */
  detail(cameras: readonly Camera[], detail: DetailOptions): Promise<DetailView[]> {
    const { backend } = this;
    return this.keep(
      `detail ${
        JSON.stringify([cameras.map((camera) => [camera, [...camera.camFromScan]]), detail])
      }`,
      () =>
        this.scene(backend).then((scene) =>
          Array.fromAsync(detailViews(scene, cameras, { backend, detail }))
        ),
    );
  }
}
