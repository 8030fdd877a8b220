/// <reference lib="dom" />
/** Draws scans and predictions side by side, or one against another, from one camera. */
// @ts-types="npm:@types/three@0.187.0"
import type * as Three from "three";
import type { ViewerGeometry } from "./glb.ts";
import {
  makeUniforms,
  MODES,
  overlayMaterial,
  type Shading,
  type ShadingUniforms,
  surfaceMaterial,
} from "./materials.ts";
import { Orbit } from "./orbit.ts";

/** What is drawn where. */
export interface Arrangement {
  /** Names of models, one a pane; with a split, exactly two. */
  panes: readonly string[];
  /** Share of the width left of the slider; absent: side by side. */
  split?: number;
}

/** How it is drawn. */
export interface Look {
  shading: Shading;
  maxMm: number;
  isSigned: boolean;
  /** A part's label; −1: all. */
  part: number;
  wireframe: boolean;
  body: boolean;
}

/** A rectangle in CSS pixels from the canvas's top left corner. */
export interface Pane {
  name: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What a viewer is made with. */
export interface ViewerOptions {
  /** The colours of distances: RGBA bytes, 256 each. */
  tables: { sequential: Uint8Array; diverging: Uint8Array };
  /** Told after every picture. */
  onDrawn?: (yawDeg: number, pitchDeg: number) => void;
}

const FOV_DEG = 26, LEAST_PANE = 150, BODY = "body";

/** A viewer on a canvas. `dispose` frees everything it holds. */
export class Viewer {
  private readonly renderer: Three.WebGLRenderer;
  private readonly camera: Three.PerspectiveCamera;
  private readonly uniforms: ShadingUniforms;
  private readonly models = new Map<string, Three.Mesh>();
  private readonly scene: Three.Scene;
  private readonly orbit: Orbit;
  private readonly resized: ResizeObserver;
  private arrangement: Arrangement = { panes: [] };
  private look: Look | undefined;
  private frame = 0;

  private readonly three: typeof Three;
  private readonly canvas: HTMLCanvasElement;
  private readonly options: ViewerOptions;

  /** @param three The library, as its module exports it. */
  constructor(three: typeof Three, canvas: HTMLCanvasElement, options: ViewerOptions) {
    this.three = three;
    this.canvas = canvas;
    this.options = options;
    this.renderer = new three.WebGLRenderer({ canvas, antialias: true, alpha: true });
    this.renderer.setPixelRatio(Math.min(2, devicePixelRatio));
    this.renderer.autoClear = false;
    this.camera = new three.PerspectiveCamera(FOV_DEG, 1, 0.01, 100);
    this.scene = new three.Scene();
    this.uniforms = makeUniforms(three, options.tables);
    const home = {
      yawDeg: 0,
      pitchDeg: 0,
      distanceM: 4,
      target: [0, 0, 0] as [number, number, number],
    };
    this.orbit = new Orbit(canvas, home, () => this.invalidate());
    this.resized = new ResizeObserver(() => this.invalidate());
    this.resized.observe(canvas);
  }

  /** Takes a model; the first one is what the camera looks at. */
  add(name: string, geometry: ViewerGeometry): void {
    const { three } = this;
    const buffer = new three.BufferGeometry();
    const count = geometry.positions.length / 3;
    const attribute = (array: Float32Array, width: number) =>
      new three.BufferAttribute(array, width);
    buffer.setAttribute("position", attribute(geometry.positions, 3));
    buffer.setAttribute("normal", attribute(geometry.normals, 3));
    const { distancesMm = new Float32Array(count), parts } = geometry;
    buffer.setAttribute("distanceMm", attribute(distancesMm, 1));
    buffer.setAttribute("part", attribute(Float32Array.from(parts ?? new Uint8Array(count)), 1));
    buffer.setIndex(new three.BufferAttribute(geometry.indices, 1));
    const material = name === BODY
      ? overlayMaterial(three)
      : surfaceMaterial(three, this.uniforms, {
        hasDistance: geometry.distancesMm !== undefined,
      });
    const mesh = new three.Mesh(buffer, material);
    mesh.frustumCulled = false;
    if (name === BODY) mesh.renderOrder = 1;
    if (this.models.size === 0) this.lookAt(buffer);
    this.models.set(name, mesh);
    this.scene.add(mesh);
    this.invalidate();
  }

  private lookAt(buffer: Three.BufferGeometry): void {
    buffer.computeBoundingBox();
    const box = buffer.boundingBox!, size = box.getSize(new this.three.Vector3());
    const centre = box.getCenter(new this.three.Vector3());
    const half = Math.max(size.y, 0.8 * size.x, 0.3) / 2;
    this.orbit.state.target = [centre.x, centre.y, centre.z];
    this.orbit.state.distanceM = 1.12 * half / Math.tan(FOV_DEG * Math.PI / 360) + size.z / 2;
  }

  /** Looks from a side: 0 front, 90 the person's left. */
  lookFrom(yawDeg: number): void {
    this.orbit.look(yawDeg);
  }

  show(arrangement: Arrangement, look: Look): void {
    this.arrangement = arrangement;
    this.look = look;
    this.uniforms.mode.value = MODES[look.shading];
    this.uniforms.maxMm.value = look.maxMm;
    this.uniforms.isSigned.value = look.isSigned ? 1 : 0;
    this.uniforms.part.value = look.part;
    for (const [name, { material }] of this.models) {
      if (name !== BODY) (material as Three.ShaderMaterial).wireframe = look.wireframe;
    }
    this.invalidate();
  }

  /** The panes as they lie now. */
  panes(): Pane[] {
    const { panes, split } = this.arrangement;
    const width = this.canvas.clientWidth, height = this.canvas.clientHeight;
    if (split !== undefined) {
      return panes.map((name) => ({ name, x: 0, y: 0, width, height }));
    }
    const columns = Math.max(1, Math.min(panes.length, Math.floor(width / LEAST_PANE)));
    const rows = Math.ceil(panes.length / columns) || 1;
    return panes.map((name, i) => ({
      name,
      x: (i % columns) * width / columns,
      y: Math.floor(i / columns) * height / rows,
      width: width / columns,
      height: height / rows,
    }));
  }

  /** What lies under a place of the canvas (CSS pixels): the model and its distance there. */
  pick(x: number, y: number): { name: string; distanceMm: number | undefined } | undefined {
    const { split } = this.arrangement, { three } = this;
    const candidates = this.panes().filter((p) =>
      x >= p.x && x < p.x + p.width && y >= p.y && y < p.y + p.height
    );
    const pane = split === undefined
      ? candidates[0]
      : candidates[x < split * this.canvas.clientWidth ? 0 : 1];
    const mesh = pane && this.models.get(pane.name);
    if (pane === undefined || mesh === undefined) return undefined;
    this.placeCamera(pane);
    this.camera.updateMatrixWorld();
    const ray = new three.Raycaster();
    ray.setFromCamera(
      new three.Vector2(
        2 * (x - pane.x) / pane.width - 1,
        1 - 2 * (y - pane.y) / pane.height,
      ),
      this.camera,
    );
    const [hit] = ray.intersectObject(mesh, false);
    if (!hit?.face) return undefined;
    const material = mesh.material as Three.ShaderMaterial;
    if (material.uniforms.hasDistance.value === 0) {
      return { name: pane.name, distanceMm: undefined };
    }
    const position = mesh.geometry.getAttribute("position");
    const distance = mesh.geometry.getAttribute("distanceMm");
    const corners = [hit.face.a, hit.face.b, hit.face.c];
    const [a, b, c] = corners.map((i) =>
      new three.Vector3().fromBufferAttribute(position as Three.BufferAttribute, i)
    );
    const weights = three.Triangle.getBarycoord(hit.point, a, b, c, new three.Vector3());
    if (weights === null) return undefined;
    const parts = [weights.x, weights.y, weights.z];
    // As the shader does: the length from lengths, the side from signed distances.
    let signed = 0, length = 0;
    for (const [k, v] of corners.entries()) {
      signed += parts[k] * distance.getX(v);
      length += parts[k] * Math.abs(distance.getX(v));
    }
    return { name: pane.name, distanceMm: Math.sign(signed) * length };
  }

  /** How much the graphics card holds. */
  memory(): { geometries: number; textures: number } {
    return { ...this.renderer.info.memory };
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    this.resized.disconnect();
    this.orbit.release();
    for (const mesh of this.models.values()) {
      mesh.geometry.dispose();
      (mesh.material as Three.Material).dispose();
    }
    this.models.clear();
    this.uniforms.sequential.value.dispose();
    this.uniforms.diverging.value.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }

  private invalidate(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private placeCamera({ width, height }: Pane): void {
    const { yawDeg, pitchDeg, distanceM, target: [x, y, z] } = this.orbit.state;
    const yaw = yawDeg * Math.PI / 180, pitch = pitchDeg * Math.PI / 180;
    // A narrow pane keeps as much of the width in sight as a pane of 1 : 2.
    const narrow = Math.max(1, 0.5 * height / width);
    this.camera.aspect = width / height;
    this.camera.position.set(
      x + narrow * distanceM * Math.cos(pitch) * Math.sin(yaw),
      y + narrow * distanceM * Math.sin(pitch),
      z + narrow * distanceM * Math.cos(pitch) * Math.cos(yaw),
    );
    this.camera.lookAt(x, y, z);
    this.camera.updateProjectionMatrix();
  }

  private draw(): void {
    const { renderer, look } = this;
    const width = this.canvas.clientWidth, height = this.canvas.clientHeight;
    if (width === 0 || height === 0 || look === undefined) return;
    renderer.setSize(width, height, false);
    renderer.setScissorTest(true);
    renderer.setScissor(0, 0, width, height);
    renderer.setViewport(0, 0, width, height);
    renderer.setClearColor(0x000000, 0);
    renderer.clear();
    const { split } = this.arrangement;
    for (const [i, pane] of this.panes().entries()) {
      const bottom = height - pane.y - pane.height;
      renderer.setViewport(pane.x, bottom, pane.width, pane.height);
      if (split === undefined) renderer.setScissor(pane.x, bottom, pane.width, pane.height);
      else if (i === 0) renderer.setScissor(0, 0, split * width, height);
      else renderer.setScissor(split * width, 0, (1 - split) * width, height);
      for (const [name, mesh] of this.models) {
        mesh.visible = name === pane.name || (name === BODY && look.body);
      }
      this.placeCamera(pane);
      renderer.render(this.scene, this.camera);
    }
    this.options.onDrawn?.(this.orbit.state.yawDeg, this.orbit.state.pitchDeg);
  }
}
