/**
 * three's WebGPU renderer without a page: paints triangle numbers into a picture and reads them
 * back. Everything the suite uses of three's renderer is here.
 */
import {
  BufferGeometry,
  DoubleSide,
  FloatType,
  Mesh,
  NearestFilter,
  NoBlending,
  NodeMaterial,
  OrthographicCamera,
  RedFormat,
  RenderTarget,
  Scene,
  setConsoleFunction,
  StorageBufferAttribute,
  Vector2,
  Vector4,
  WebGPURenderer,
} from "three/webgpu";
import { storage, uniform, varying, vec4, vertexIndex } from "three/tsl";
import type { Gpu } from "./gpu.ts";
import type { GpuTriangles } from "./gpu_triangles.ts";

/** Triangles of one drawing: float32 tells their numbers apart no further. */
export const MOST_TRIANGLES = 2 ** 24 - 1;

/** Part of the picture to paint: columns x0 …, rows y0 …, pixels. */
export interface Tile {
  x0: number;
  y0: number;
  width: number;
  height: number;
}

/** What to paint. */
export interface PaintOptions {
  tile: Tile;
  /** Of the whole picture, pixels. */
  pictureWidth: number;
  pictureHeight: number;
  /** Nearest or farthest surfaces. */
  side: "front" | "back";
}

/** Vertices and triangles on the device, and the shader that draws them. */
export interface PaintedMesh extends Disposable {
  /** Replaces the vertices' places on the picture; see {@linkcode GpuTriangles.screen}. */
  move(screen: Float32Array): void;
}

/** {@linkcode PaintedMesh}, as the painter knows it. */
interface Painted extends PaintedMesh {
  scene: Scene;
  /** Pixels → the device's −1 … 1: x · place.x + place.z, y · place.y + place.w. */
  place: Vector4;
  /** Key → depth: key · x + y. */
  depth: Vector2;
}

/** Draws one thing: triangle numbers + 1, 0 where nothing is. */
export class IdPainter implements Disposable {
  readonly #renderer: WebGPURenderer;
  readonly #camera = new OrthographicCamera(); // the vertices stand on the picture already
  readonly #target: RenderTarget;

  private constructor(renderer: WebGPURenderer) {
    this.#renderer = renderer;
    this.#target = new RenderTarget(1, 1, {
      format: RedFormat,
      type: FloatType,
      minFilter: NearestFilter,
      magFilter: NearestFilter,
      generateMipmaps: false,
      depthBuffer: true,
    });
  }

  /** Starts three's renderer on a device; what three would print is reported as the device's fault. */
  static async open(gpu: Gpu): Promise<IdPainter> {
    // Three asks for a page's next frame; pictures are drawn on demand here.
    const page = globalThis as { requestAnimationFrame?: unknown; cancelAnimationFrame?: unknown };
    page.requestAnimationFrame ??= () => 0;
    page.cancelAnimationFrame ??= () => {};
    setConsoleFunction((kind: string, message: string) => {
      if (kind === "error") gpu.report(message);
    });
    const renderer = new WebGPURenderer({
      canvas: noCanvas(),
      device: gpu.device,
      antialias: false,
      depth: true,
    });
    renderer.onDeviceLost = () => {}; // the owner of the device watches it
    renderer.onError = (fault: unknown) =>
      gpu.report(String((fault as { message?: unknown }).message ?? fault));
    await renderer.init();
    renderer.setClearColor(0x000000, 0);
    return new IdPainter(renderer);
  }

  /** Puts triangles on the device; the vertices follow with {@linkcode PaintedMesh.move}. */
  add({ screen, corners }: GpuTriangles): PaintedMesh {
    const vertices = new StorageBufferAttribute(screen, 1);
    const indices = new StorageBufferAttribute(corners, 1);
    const geometry = new BufferGeometry();
    // As attributes of the geometry they are let go of with it; the shader reads them by number.
    geometry.setAttribute("screen", vertices);
    geometry.setAttribute("corner", indices);
    geometry.setDrawRange(0, corners.length);
    const place = new Vector4(), depth = new Vector2();
    const material = paintMaterial({ vertices, indices, place, depth });
    const mesh = new Mesh(geometry, material);
    mesh.frustumCulled = false;
    const scene = new Scene();
    scene.add(mesh);
    const painted: Painted = {
      scene,
      place,
      depth,
      move(screen) {
        vertices.array.set(screen);
        vertices.needsUpdate = true;
      },
      [Symbol.dispose]() {
        geometry.dispose();
        material.dispose();
      },
    };
    return painted;
  }

  /** Paints a tile, row by row from the top left: the nearest or farthest triangle's number + 1. */
  async paint(mesh: PaintedMesh, options: PaintOptions): Promise<Float32Array> {
    const { tile: { x0, y0, width, height }, pictureWidth, pictureHeight, side } = options;
    const { scene, place, depth } = mesh as Painted;
    this.#target.setSize(width, height);
    place.set(
      2 / width,
      -2 / height,
      (pictureWidth - 2 * x0) / width - 1,
      1 - (pictureHeight - 2 * y0) / height,
    );
    // A hair is left at both ends: what rounds beyond 0 or 1 would be cut away.
    if (side === "front") depth.set(-0.875, 0.9375);
    else depth.set(0.875, 0.0625);
    this.#renderer.setRenderTarget(this.#target);
    this.#renderer.render(scene, this.#camera);
    const ids = await this.#renderer
      .readRenderTargetPixelsAsync(this.#target, 0, 0, width, height);
    return ids as Float32Array;
  }

  /** Lets go of what is on the device; the device itself stays its owner's. */
  [Symbol.dispose](): void {
    this.#target.dispose();
    this.#renderer.dispose();
  }
}

/** What the shader reads. */
interface PaintSources {
  vertices: StorageBufferAttribute;
  indices: StorageBufferAttribute;
  place: Vector4;
  depth: Vector2;
}

/**
 * Three vertices a triangle, fetched by number; the triangle's own number goes to its pixels. No
 * attribute of the pixel is interpolated but depth.
 */
function paintMaterial({ vertices, indices, place, depth }: PaintSources): NodeMaterial {
  const screen = storage(vertices, "float", vertices.count).toReadOnly();
  const corners = storage(indices, "uint", indices.count).toReadOnly();
  const at = corners.element(vertexIndex).mul(3);
  const toDevice = uniform(place), toDepth = uniform(depth);
  const material = new NodeMaterial();
  material.vertexNode = vec4(
    screen.element(at).mul(toDevice.x).add(toDevice.z),
    screen.element(at.add(1)).mul(toDevice.y).add(toDevice.w),
    screen.element(at.add(2)).mul(toDepth.x).add(toDepth.y),
    1,
  );
  const id = varying(vertexIndex.div(3).add(1).toFloat()).setInterpolation("flat");
  material.fragmentNode = vec4(id, 0, 0, 1);
  material.side = DoubleSide;
  material.blending = NoBlending;
  return material;
}

/** Stands for the page's canvas, which three configures and nothing is drawn to. */
function noCanvas() {
  const canvas = {
    width: 1,
    height: 1,
    style: {},
    addEventListener() {},
    removeEventListener() {},
    setAttribute() {},
    getContext: () => ({ configure() {}, unconfigure() {} }),
  };
  return canvas as unknown as NonNullable<
    NonNullable<ConstructorParameters<typeof WebGPURenderer>[0]>["canvas"]
  >;
}
