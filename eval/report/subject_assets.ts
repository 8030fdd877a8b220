/** Everything the page shows of one subject beside its scores: pictures, meshes, distances. */
import { deflateSync } from "fflate";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { collectGarbage } from "../../core/work/collect.ts";
import { InputError, messageOf } from "../../core/work/errors.ts";
import { withDefaults } from "../../core/work/options.ts";
import { partsOfPoints } from "../../body/scan_parts.ts";
import type { PlacedBody } from "./load_scene.ts";
import { type DistanceSummary, distanceSummary } from "./models/distance_summary.ts";
import { SignedSurface } from "./models/signed_surface.ts";
import { type ViewerMesh, viewerMesh } from "./models/viewer_mesh.ts";
import { drawSubject, type PictureOptions, type SubjectScene } from "./pictures.ts";
import type { SubjectPictures } from "./report_data.ts";

/** A mesh as it travels in the page. */
export interface ModelAsset extends Omit<ViewerMesh, "glb"> {
  /** The binary glTF, deflated (no header), as base64. */
  data: string;
  /** Size of the binary glTF. */
  bytes: number;
}

/** What is shown of one subject. Plain data: it travels between threads. */
export interface SubjectAssets {
  pictures: SubjectPictures;
  models: {
    /** Absent: not embedded, or it could not be made. */
    scan?: ModelAsset;
    body?: ModelAsset;
    /** By method. */
    methods: Readonly<Record<string, ModelAsset>>;
  };
  /** By method. */
  distances: Readonly<Record<string, DistanceSummary>>;
  /** What is missing, and why. */
  notes: readonly string[];
}

/** How a subject is shown. */
export interface AssetOptions extends PictureOptions {
  /** Largest binary glTF; 0: no meshes. */
  meshBytes?: number;
  /** Whether the scan's (and the body's) shape may be copied into the page. */
  embedScan?: boolean;
  /** One half of the work: what is looked at first, or what takes longest. Default: both. */
  only?: "models" | "pictures" | undefined;
}

/** 60 kB a mesh, without the scan. */
export const ASSET_DEFAULTS: Readonly<{ meshBytes: number; embedScan: boolean }> = Object.freeze({
  meshBytes: 60_000,
  embedScan: false,
});

/** Nothing to show. */
export const NO_ASSETS: SubjectAssets = Object.freeze({
  pictures: { scan: {}, methods: {} },
  models: { methods: {} },
  distances: {},
  notes: [],
});

/**
 * Makes the assets of a subject. Each prediction is loaded once.
 *
 * @throws {InputError} If the scan cannot be drawn.
 */
export async function subjectAssets(
  scene: SubjectScene & { subject: string; body?: PlacedBody | undefined },
  options: AssetOptions = {},
): Promise<SubjectAssets> {
  const { meshBytes: maxBytes, embedScan } = withDefaults(ASSET_DEFAULTS, {
    meshBytes: options.meshBytes,
    embedScan: options.embedScan,
  });
  const { scan, body, subject } = scene;
  const { meshBytes: _meshBytes, embedScan: _embedScan, only, ...pictureOptions } = options;
  if (only === "pictures") {
    return { ...NO_ASSETS, pictures: await drawSubject(scene, pictureOptions) };
  }
  using surface = new SignedSurface(scan);
  const parts = body && ((points: Float32Array) => partsOfPoints(points, body));
  const models = new Map<string, ModelAsset>(), distances = new Map<string, DistanceSummary>();
  const notes: string[] = [];
  const predictions = new Map(Array.from(scene.predictions, ([method, load]) => [
    method,
    async (): Promise<Mesh> => {
      const mesh = await load();
      try {
        if (maxBytes > 0) {
          const signed = (points: Float32Array) => surface.distances(points);
          const small = await viewerMesh(mesh, { maxBytes, distances: signed, parts });
          models.set(method, asset(small));
          collectGarbage(); // what simplification took
        }
        distances.set(method, distanceSummary(mesh, { scan, surface, subject }));
        collectGarbage(); // its tree
      } catch (error) {
        if (!(error instanceof InputError || error instanceof RangeError)) throw error;
        notes.push(`${method}: ${messageOf(error)}`);
      }
      return mesh;
    },
  ]));
  const pictures = only === "models"
    ? await withoutPictures(predictions)
    : await drawSubject({ ...scene, predictions, tree: surface.tree }, pictureOptions);
  const embed = embedScan && maxBytes > 0;
  return {
    pictures,
    models: {
      ...(embed ? { scan: asset(await viewerMesh(scan, { maxBytes, parts })) } : {}),
      ...(embed && body !== undefined
        ? { body: asset(await viewerMesh(body.mesh, { maxBytes })) }
        : {}),
      methods: Object.fromEntries(models),
    },
    distances: Object.fromEntries(distances),
    notes,
  };
}

/** Loads every prediction; says of those that cannot be loaded what drawing them would say. */
async function withoutPictures(
  predictions: ReadonlyMap<string, () => Promise<Mesh>>,
): Promise<SubjectPictures> {
  const methods: Record<string, { note: string }> = {};
  for (const [method, load] of predictions) {
    try {
      await load();
    } catch (error) {
      methods[method] = { note: `No pictures: ${messageOf(error)}` };
    }
  }
  return { scan: {}, methods };
}

function asset({ glb, ...rest }: ViewerMesh): ModelAsset {
  return { ...rest, bytes: glb.length, data: deflateSync(glb, { level: 9 }).toBase64() };
}
