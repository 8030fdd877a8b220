/**
 * The pictures of a subject: input, normals and depths of scan and predictions, and how they differ;
 * from the input view and from behind. Made from meshes, so they need no maps on disk.
 */
import { encodeLossy, type Image, resizeImage } from "../../core/files/image.ts";
import type { Camera } from "../../core/geometry/camera.ts";
import { buildTree, type SurfaceTree } from "../../core/geometry/bvh.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { messageOf } from "../../core/work/errors.ts";
import { withDefaults } from "../../core/work/options.ts";
import { cpuBackend } from "../../render/cpu/cpu_backend.ts";
import {
  angleImage,
  depthErrorImage,
  depthImage,
  depthRange,
  type DrawnView,
  drawViews,
  errorImage,
  normalImage,
} from "./map_images.ts";
import { frameSubject, type PictureFrame } from "./picture_frame.ts";
import type { MethodPictures, Picture, SubjectPictures } from "./report_data.ts";

/** What is drawn. Meshes are in the scan's frame, metres. */
export interface SubjectScene {
  scan: Mesh;
  /** The input view's camera; it frames all pictures. */
  camera: Camera;
  /** The picture that the methods saw, the whole of it. */
  input?: Image | undefined;
  /** By method: loads the mesh as scored. What it throws becomes a note instead of pictures. */
  predictions: ReadonlyMap<string, () => Promise<Mesh>>;
  /** The scan's search tree, where it is at hand. */
  tree?: SurfaceTree | undefined;
}

/** How pictures are made. */
export interface PictureOptions {
  /** Height, pixels. */
  heightPx?: number;
  /** Samples a pixel on each side. */
  supersample?: number;
  /** WebP quality, 1 to 100. */
  quality?: number;
  /** See `LossyOptions`. */
  effort?: number;
  /** Distance at the end of the colours, millimetres. */
  maxMm?: number;
  /** `all`: also depths, and how normals and depths differ. `few`: normals and distances. */
  maps?: "all" | "few";
}

/** 512 pixels high, 2 × 2 samples. */
export const PICTURE_DEFAULTS: Readonly<Required<PictureOptions>> = Object.freeze({
  heightPx: 512,
  supersample: 2,
  quality: 80,
  effort: 4,
  maxMm: 50,
  maps: "all",
});

/** The input is shown larger than the other pictures. */
const INPUT_SCALE = 1.6;

/**
 * Draws a subject. A prediction that cannot be drawn has a note instead of pictures.
 *
 * @throws {InputError} If the scan cannot be drawn.
 * @throws {RangeError} If the scan is not in front of the camera.
 */
export async function drawSubject(
  scene: SubjectScene,
  options: PictureOptions = {},
): Promise<SubjectPictures> {
  const { heightPx, supersample, maxMm, maps, ...lossy } = withDefaults(PICTURE_DEFAULTS, options);
  const frame = frameSubject(scene.scan, { camera: scene.camera, heightPx, supersample });
  using own = scene.tree === undefined ? buildTree(scene.scan) : undefined;
  const tree = scene.tree ?? own!;
  const encode = (image: Image) => pictureOf(image, lossy);
  const backend = cpuBackend();
  const truth = await drawViews(scene.scan, { frame, backend });
  const ranges = truth.map(depthRange);
  const encodeAll = async (images: MapImages): Promise<MethodPictures> =>
    Object.fromEntries(
      await Promise.all(Object.entries(images).map(async ([k, image]) => [k, await encode(image)])),
    );
  const depths = (views: readonly DrawnView[]): MapImages =>
    maps === "few" ? {} : {
      depth: depthImage(views[0], { frame, range: ranges[0] }),
      depthBack: depthImage(views[1], { frame, range: ranges[1] }),
    };
  const scan = encodeAll({
    normal: normalImage(truth[0], frame),
    normalBack: normalImage(truth[1], frame),
    ...depths(truth),
  });
  const input = scene.input && await encode(await cropInput(scene.input, scene.camera, frame));
  // Encoding runs on other threads while the next mesh is drawn.
  const drawn: [method: string, pictures: Promise<MethodPictures>][] = [];
  for (const [method, load] of scene.predictions) {
    try {
      const views = await drawViews(await load(), { frame, backend });
      const [front, back] = views;
      const images: MapImages = {
        normal: normalImage(front, frame),
        normalBack: normalImage(back, frame),
        error: errorImage(front, { frame, tree, maxMm }),
        errorBack: errorImage(back, { frame, tree, maxMm }),
        ...depths(views),
        ...(maps === "few" ? {} : {
          angle: angleImage(front, { truth: truth[0], frame }),
          angleBack: angleImage(back, { truth: truth[1], frame }),
          depthError: depthErrorImage(front, { truth: truth[0], frame, maxMm }),
          depthErrorBack: depthErrorImage(back, { truth: truth[1], frame, maxMm }),
        }),
      };
      drawn.push([method, encodeAll(images)]);
    } catch (error) {
      drawn.push([method, Promise.resolve({ note: `No pictures: ${messageOf(error)}` })]);
    }
  }
  const methods = Object.fromEntries(
    await Promise.all(drawn.map(async ([method, pictures]) => [method, await pictures] as const)),
  );
  return { ...(input === undefined ? {} : { input }), scan: await scan, methods };
}

/** Images by what they show, before they are encoded. */
type MapImages = { [K in Exclude<keyof MethodPictures, "note">]?: Image };

/** The person's part of the input picture, at the pictures' size. */
async function cropInput(input: Image, camera: Camera, frame: PictureFrame): Promise<Image> {
  const { width, height, channels, data } = input;
  const scale = width / camera.width;
  const left = Math.round(scale * frame.inputBox.x), top = Math.round(scale * frame.inputBox.y);
  const crop = {
    width: Math.max(1, Math.round(scale * frame.inputBox.width)),
    height: Math.max(1, Math.round(scale * frame.inputBox.height)),
  };
  // What lies outside the input is left empty: 0 in every channel.
  const cut = new Uint8Array(crop.width * crop.height * channels);
  const x0 = Math.max(0, left), x1 = Math.min(width, left + crop.width);
  for (let y = Math.max(0, top); x1 > x0 && y < Math.min(height, top + crop.height); y++) {
    const row = data.subarray(channels * (y * width + x0), channels * (y * width + x1));
    cut.set(row, channels * ((y - top) * crop.width + x0 - left));
  }
  const { box } = frame.front;
  return await resizeImage(
    { ...crop, channels, data: cut },
    Math.round(INPUT_SCALE * box.width),
    Math.round(INPUT_SCALE * box.height),
  );
}

/** A picture as a `data:` URL. */
async function pictureOf(
  image: Image,
  { quality, effort }: { quality: number; effort: number },
): Promise<Picture> {
  const bytes = await encodeLossy(image, { format: "webp", quality, effort });
  const src = `data:image/webp;base64,${bytes.toBase64()}`;
  return { src, width: image.width, height: image.height };
}
