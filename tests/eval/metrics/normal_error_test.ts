import assert from "node:assert/strict";
import { project } from "../../../core/geometry/camera.ts";
import {
  normalError,
  normalErrorCameras,
  shareOutside,
} from "../../../eval/metrics/normal_error.ts";
import type { NormalErrorConstants } from "../../../eval/protocols/field_protocol.ts";
import { protocolNamed } from "../../../eval/protocols/registry.ts";

const SIZE = 64;

/** The normal error of a protocol, at a smaller size. */
function constantsOf(id: string): NormalErrorConstants {
  const { normalError } = protocolNamed(id).constants as { normalError: NormalErrorConstants };
  return { ...normalError, sizePx: SIZE };
}

/** A view: `rows` of it covered by a surface with camera-space normal n. */
function view(rows: number, n: readonly number[] = [0, 0, 1]) {
  const mask = new Uint8Array(SIZE * SIZE).fill(255, 0, rows * SIZE);
  const normal = new Uint16Array(3 * SIZE * SIZE);
  for (let i = 0; i < rows * SIZE; i++) {
    for (let k = 0; k < 3; k++) normal[3 * i + k] = Math.round((n[k] + 1) / 2 * 65535);
  }
  return { mask, normal };
}

const near = (found: number, wanted: number) =>
  assert.ok(Math.abs(found - wanted) < 1e-3 * Math.max(wanted, 0.01), `${found}, not ${wanted}`);

/** A patch that faces the camera and covers the share q of one view; the prediction is not there. */
function missing(id: string, yawDeg: number): { error: number; q: number } {
  const constants = constantsOf(id), rows = 20, empty = view(0);
  const truth = constants.yawsDeg.map((yaw) => yaw === yawDeg ? view(rows) : empty);
  const prediction = constants.yawsDeg.map(() => empty);
  return { error: normalError(prediction, truth, constants), q: rows / SIZE };
}

Deno.test("a patch that is missing costs 0.5 q in every view under PIFuHD and ICON", () => {
  for (const id of ["pifuhd-2020", "icon-2022"]) {
    for (const yaw of [0, 90, 180, 270]) {
      const { error, q } = missing(id, yaw);
      near(error, 0.5 * q);
    }
  }
});

Deno.test("it costs 0.789 q or 0.211 q under ECON, GTA and SIFU, by the side it is seen from", () => {
  // Cameras at +z and +x are yaws 0 and 270 (the model's +x turned to the camera).
  const empty = (1 - 1 / Math.sqrt(3)) / 2; // the background, renormalized: 0.211
  const side = 2 * (0.5 - empty) ** 2, [front, back] = [side + (1 - empty) ** 2, side + empty ** 2];
  assert.deepEqual([front.toFixed(3), back.toFixed(3)], ["0.789", "0.211"]);
  for (const id of ["econ-2023", "gta-2023", "sifu-2024"]) {
    for (const [yaw, cost] of [[0, front], [270, front], [180, back], [90, back]]) {
      const { error, q } = missing(id, yaw);
      near(error, cost * q);
    }
  }
});

Deno.test("it costs 1.5 q or 0.5 q under HiLo, diluted by the grid's padding", () => {
  const pixels = (4 * (SIZE + 2) + 2) * (SIZE + 4), dilution = 4 * SIZE * SIZE / pixels;
  for (const [yaw, cost] of [[0, 1.5], [270, 1.5], [180, 0.5], [90, 0.5]]) {
    const { error, q } = missing("hilo-2024", yaw);
    near(error, cost * q * dilution);
  }
  // At 512² the dilution is the published 0.98742.
  assert.ok(Math.abs(4 * 512 * 512 / (516 * 2058) - 0.98742) < 1e-5);
});

Deno.test("where both are covered the frame does not matter: |Δn|² / 4 a pixel", () => {
  const a = view(SIZE, [0, 0, 1]), b = view(SIZE, [0.6, 0, 0.8]);
  const difference = 0.36 + 0.04;
  for (const id of ["pifuhd-2020", "icon-2022", "econ-2023"]) {
    const constants = constantsOf(id);
    near(normalError([a, a, a, a], [b, b, b, b], constants), 4 * difference / 4);
  }
});

Deno.test("Open-PIFuHD's flavour: the scan's silhouette alone, no factor", () => {
  const constants: NormalErrorConstants = {
    ...constantsOf("pifuhd-2020"),
    over: "scan-silhouette",
    times: 1,
  };
  const a = view(10, [0, 0, 1]), b = view(10, [0.6, 0, 0.8]);
  near(normalError([a, a, a, a], [b, b, b, b], constants), 0.1);
});

Deno.test("ICON's window: the top of any scan is at 0.87890625; yaw 90 moves +z to +x", () => {
  const bounds = { min: [-0.3, 0.1, -0.2], max: [0.5, 1.7, 0.4] } as const;
  const cameras = normalErrorCameras(bounds as never, constantsOf("icon-2022"));
  const at = (yaw: number, point: [number, number, number]) => {
    const camera = cameras.find(({ yawDeg }) => yawDeg === yaw)!;
    const [u, v] = project(camera, point);
    return [2 * u / SIZE - 1, 1 - 2 * v / SIZE];
  };
  near(at(0, [0.1, 1.7, 0.1])[1], 0.87890625);
  near(at(180, [0.1, 0.1, 0.1])[1] + 1.7578125, 0.87890625);
  assert.ok(at(90, [0.1, 0.9, 0.4])[0] > 0.1);
  assert.ok(Math.abs(at(0, [0.1, 0.9, 0.4])[0]) < 1e-12);
});

Deno.test("PIFuHD's window holds RenderPeople's people and says what it leaves out", () => {
  const box = (low: number, high: number) => ({ min: [-0.3, low, -0.3], max: [0.3, high, 0.3] });
  const constants = constantsOf("pifuhd-2020");
  assert.equal(shareOutside(box(0, 1.8) as never, constants), 0);
  assert.ok(Math.abs(shareOutside(box(-0.9, 0.9) as never, constants) - 0.466) < 0.01);
});
