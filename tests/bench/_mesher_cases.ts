/** Depth maps of the bundled people for the meshers' benchmark, exact or with noise, and their files. */
import { type Camera, cameraJson, pixelSizeM } from "../../core/geometry/camera.ts";
import { random } from "../../core/work/random.ts";
import type { DepthMaps } from "../../inference/meshing/mesh_depth_maps.ts";
import { framingOf, suiteCamera } from "../../render/cameras.ts";
import { drawScene } from "../../render/cpu/draw.ts";
import { prepareScene } from "../../render/cpu/scene.ts";
import { readFixture } from "../render/_fixture.ts";

/** Maps with normals. */
export type Case = DepthMaps & { frontNormals: Float32Array; backNormals: Float32Array };

/** Renders one person at 2048². */
export async function exactCase(subject: string, yawDeg: number, size = 2048): Promise<Case> {
  const mesh = await readFixture(subject);
  const camera = suiteCamera(framingOf(mesh), { yawDeg, pitchDeg: 0 }, { size });
  const maps = drawScene(prepareScene(mesh), camera, {
    maps: ["depth", "depth_back", "normal", "normal_back", "color", "color_back"],
  });
  const front = maps.depth!, back = maps.depth_back!;
  const decode = (codes: Uint16Array) => {
    const out = new Float32Array(codes.length);
    for (let p = 0; p < front.length; p++) {
      if (front[p] === 0) continue;
      const [x, y, z] = [0, 1, 2].map((k) => codes[3 * p + k] / 32767.5 - 1);
      const length = Math.hypot(x, y, z);
      out[3 * p] = x / length, out[3 * p + 1] = y / length, out[3 * p + 2] = z / length;
    }
    return out;
  };
  return {
    camera,
    front,
    back,
    frontNormals: decode(maps.normal!),
    backNormals: decode(maps.normal_back!),
    frontColor: { data: maps.color!, channels: 4 },
    backColor: { data: maps.color_back!, channels: 4 },
  };
}

/**
 * Adds what a network does: white noise of half a pixel on depth and of 5° on normals; half of the
 * silhouette's outermost pixels are lost and half of those just outside are gained. Pixels whose
 * front comes to lie behind the back are emptied, as 2K2K does.
 */
export function noisyCase(exact: Case, seed: string): Case {
  const { camera, camera: { width, height } } = exact, draw = random(1, "mesher", seed);
  const front = exact.front.slice(), back = exact.back.slice();
  const frontNormals = exact.frontNormals.slice(), backNormals = exact.backNormals.slice();
  const neighbours = [-1, 1, -width, width];
  for (let p = width; p < width * (height - 1); p++) {
    const inside = exact.front[p] > 0;
    const other = neighbours.find((step) => (exact.front[p + step] > 0) !== inside);
    if (other === undefined || draw.float() < 0.5) continue;
    if (inside) {
      front[p] = back[p] = 0;
      continue;
    }
    const q = p + other;
    front[p] = exact.front[q], back[p] = exact.back[q];
    for (let k = 0; k < 3; k++) {
      frontNormals[3 * p + k] = exact.frontNormals[3 * q + k];
      backNormals[3 * p + k] = exact.backNormals[3 * q + k];
    }
  }
  for (let p = 0; p < front.length; p++) {
    if (front[p] === 0) continue;
    front[p] += 0.5 * pixelSizeM(camera, front[p]) * draw.normal();
    back[p] += 0.5 * pixelSizeM(camera, back[p]) * draw.normal();
    for (const normals of [frontNormals, backNormals]) {
      const s = 5 * Math.PI / 180;
      const n = [0, 1, 2].map((k) => normals[3 * p + k] + s * draw.normal());
      const length = Math.hypot(...n);
      for (let k = 0; k < 3; k++) normals[3 * p + k] = n[k] / length;
    }
    if (front[p] > back[p]) front[p] = back[p] = 0;
  }
  return { ...exact, front, back, frontNormals, backNormals };
}

/** Writes the covered pixels as plain little-endian arrays, and the camera. */
export function saveCase(folder: string, maps: Case): void {
  Deno.mkdirSync(folder, { recursive: true });
  const pixels = Uint32Array.from(maps.front.keys().filter((p) => maps.front[p] > 0));
  const depths = new Float32Array(2 * pixels.length), normals = new Float32Array(6 * pixels.length);
  const colors = new Uint8Array(6 * pixels.length);
  pixels.forEach((p, i) => {
    depths[2 * i] = maps.front[p], depths[2 * i + 1] = maps.back[p];
    for (let k = 0; k < 3; k++) {
      normals[6 * i + k] = maps.frontNormals[3 * p + k];
      normals[6 * i + 3 + k] = maps.backNormals[3 * p + k];
      colors[6 * i + k] = maps.frontColor!.data[4 * p + k];
      colors[6 * i + 3 + k] = maps.backColor!.data[4 * p + k];
    }
  });
  for (const [name, data] of Object.entries({ pixels, depths, normals, colors })) {
    Deno.writeFileSync(`${folder}/${name}.bin`, new Uint8Array(data.buffer));
  }
  const json = { ...cameraJson(maps.camera), camera: maps.camera };
  Deno.writeTextFileSync(`${folder}/camera.json`, JSON.stringify(json));
}

/** Reads what {@linkcode saveCase} wrote. */
export function loadCase(folder: string): Case {
  const camera: Camera = JSON.parse(Deno.readTextFileSync(`${folder}/camera.json`)).camera;
  camera.camFromScan = Float64Array.from(
    Object.values(camera.camFromScan),
  ) as unknown as Camera["camFromScan"];
  const read = (name: string) => Deno.readFileSync(`${folder}/${name}.bin`);
  const pixels = new Uint32Array(read("pixels").buffer);
  const depths = new Float32Array(read("depths").buffer);
  const normals = new Float32Array(read("normals").buffer), colors = read("colors");
  const size = camera.width * camera.height;
  const out = {
    camera,
    front: new Float32Array(size),
    back: new Float32Array(size),
    frontNormals: new Float32Array(3 * size),
    backNormals: new Float32Array(3 * size),
    frontColor: { data: new Uint8Array(3 * size), channels: 3 as const },
    backColor: { data: new Uint8Array(3 * size), channels: 3 as const },
  };
  pixels.forEach((p, i) => {
    out.front[p] = depths[2 * i], out.back[p] = depths[2 * i + 1];
    for (let k = 0; k < 3; k++) {
      out.frontNormals[3 * p + k] = normals[6 * i + k];
      out.backNormals[3 * p + k] = normals[6 * i + 3 + k];
      out.frontColor.data[3 * p + k] = colors[6 * i + k];
      out.backColor.data[3 * p + k] = colors[6 * i + 3 + k];
    }
  });
  return out;
}
