/** Readers of the suite's own JSON files, and of others' texts: from a disk, as the commands do. */
import { readOpenPose } from "../../core/files/openpose_json.ts";
import { bytesSource } from "../../core/files/source.ts";
import { readManifest } from "../../core/work/manifest.ts";
import { join } from "../../core/work/path.ts";
import { allRecords } from "../../core/work/records.ts";
import { entryName } from "../../core/work/scratch.ts";
import { faultOfSeal } from "../../core/work/seal.ts";
import { parseHashList } from "../../datasets/hash_list.ts";
import { openDataset } from "../../datasets/open.ts";
import { readViewSubject } from "../../datasets/views.ts";
import { buildLeaderboard, leaderboardJson } from "../../eval/leaderboard.ts";
import { openPredictions } from "../../eval/predictions.ts";
import { readVerified } from "../../eval/report/verified.ts";
import { resultsJson } from "../../eval/results.ts";
import { readLeaderboard, readResults } from "../../eval/write_report.ts";
import { openModel } from "../../inference/twoktwok/model_json.ts";
import { parseCamera, parseKeypoints } from "../../render/layouts/suite_files.ts";
import { readExperiment } from "../../tools/_experiment.ts";
import { SMALL } from "../tools/_cli.ts";
import { syntheticResults } from "../eval/_synthetic.ts";
import { mutateBytes, mutateJson } from "./_mutate.ts";
import type { Target } from "./targets.ts";

const ROOT = new URL("../../", import.meta.url);
const bytesOf = (text: string) => new TextEncoder().encode(text);
const json = (value: unknown) => bytesOf(JSON.stringify(value));
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A file of the repository: a fixture, or the model that is bundled. */
const bundled = (path: string) => Deno.readFileSync(new URL(path, ROOT));

const results = () => syntheticResults({ subjects: ["a", "b"] });

let folder: string | undefined;

/** Writes one file, and what stands beside it, into a folder of this process and reads that. */
function onDisk(
  path: string,
  read: (file: string, folder: string) => Promise<unknown>,
  beside: readonly (readonly [string, Uint8Array])[] = [],
): Target["read"] {
  return async (bytes) => {
    folder ??= Deno.makeTempDirSync({ prefix: "s2s_fuzz_" });
    const place = join(folder, path.replaceAll(/[^a-z]/g, "_"));
    const file = join(place, path);
    for (const [name, data] of [...beside, [path, bytes] as const]) {
      Deno.mkdirSync(join(place, name, ".."), { recursive: true });
      Deno.writeFileSync(join(place, name), data);
    }
    return await read(file, place);
  };
}

/** Removes what {@linkcode onDisk} wrote. */
export function removeFiles(): void {
  if (folder !== undefined) Deno.removeSync(folder, { recursive: true });
  folder = undefined;
}

const digest = "0".repeat(64);
const record = {
  id: "a/y000",
  key: digest,
  run: digest,
  status: "ok",
  warnings: [],
  inputs: [{ role: "scan", path: "a.glb", bytes: 1, sha256: digest }],
  outputs: [{ role: "output", path: "a/b.png", bytes: 1, sha256: digest }],
  result: { covered: 1 },
};
const point = [0.5, 0.5, 1], rows = (n: number) => Array(n).fill(point);
const unit = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]];

/** See `targets.ts`. */
export const JSON_TARGETS: readonly Target[] = [
  {
    name: "results",
    seeds: () => [bytesOf(resultsJson(results()))],
    read: onDisk("results.json", async (file) => {
      await readResults(file);
      faultOfSeal(await Deno.readTextFile(file));
    }),
    mutate: mutateJson,
  },
  {
    name: "leaderboard",
    seeds: () => [bytesOf(leaderboardJson(buildLeaderboard([results()])))],
    read: onDisk("leaderboard.json", readLeaderboard),
    mutate: mutateJson,
  },
  {
    name: "leaderboard-of-results",
    seeds: () => [json(results())],
    read: onDisk("scores.json", async (file) => buildLeaderboard([await readResults(file)])),
    mutate: mutateJson,
  },
  {
    name: "predictions",
    seeds: () => [
      json({
        schema: "scan2score/predictions-1",
        method: { name: "m", version: "1", trainedOn: [{ dataset: "d", subjects: ["a"] }] },
        usesTruth: false,
        frame: "scan",
        unit: "m",
        items: [{ subject: "a", view: "y000", mesh: "a/y000.ply" }, {
          subject: "b",
          failed: "none",
        }],
      }),
    ],
    read: onDisk("predictions.json", (_, place) => openPredictions(place)),
    mutate: mutateJson,
  },
  {
    name: "manifest",
    seeds: () => [
      json({
        schema: "scan2score/manifest-1",
        kind: "views",
        suite: "0.1.0",
        command: "render",
        options: { size: 64 },
        files: [],
        items: [record],
      }),
    ],
    read: onDisk("manifest.json", (_, place) => readManifest(place)),
    mutate: mutateJson,
  },
  {
    name: "records",
    seeds: () => [json(record)],
    read: onDisk(`${entryName("a/y000")}.json`, (_, place) => allRecords(place)),
    mutate: mutateJson,
  },
  {
    name: "suite-subject",
    seeds: () => [bundled("fixtures/scans/subjects/s01.json")],
    read: onDisk("subjects/s01.json", (_, place) => openDataset(place), [
      ["subjects/s01.ply", new Uint8Array(0)],
    ]),
    mutate: mutateJson,
  },
  {
    name: "view-subject",
    seeds: () => [
      json({
        schema: "scan2score/subject-1",
        id: "a",
        dataset: "d",
        unit: "m",
        upright: unit,
        scan: { path: "../a.glb", bytes: 1, sha256: digest },
        companions: [],
        fit: null,
        body: null,
        keypoints3d: null,
        framing: { centroidM: [0, 1, 0], radiusM: 1 },
        attributes: {},
      }),
    ],
    read: onDisk("view/subject.json", async (file, place) => {
      await readViewSubject(file);
      await openDataset(place);
    }),
    mutate: mutateJson,
  },
  {
    name: "dataset-map",
    seeds: () => [
      json({
        schema: "scan2score/dataset-map-1",
        name: "mine",
        scans: "meshes/{id}.obj",
        fits: "fits/{id}.json",
        unit: "cm",
        stands: "upright",
      }),
    ],
    read: onDisk("dataset.json", (_, place) => openDataset(place), [
      ["meshes/a.obj", bytesOf("v 0 0 0\n")],
    ]),
    mutate: mutateJson,
  },
  {
    name: "model-json",
    seeds: () => [bundled("fixtures/models/open-2k/model.json")],
    read: onDisk("model.json", (_, place) => openModel(place)),
    refusesSeeds: true, // the networks that it names do not stand beside it
    mutate: mutateJson,
  },
  {
    name: "camera",
    seeds: () => [
      json({
        schema: "scan2score/camera-1",
        projection: "perspective",
        width: 64,
        height: 64,
        fx: 60,
        fy: 60,
        cx: 32,
        cy: 32,
        camFromScan: unit,
        yawDeg: 0,
        pitchDeg: 0,
      }),
      json({
        schema: "scan2score/camera-1",
        projection: "orthographic",
        width: 64,
        height: 64,
        halfWidthM: 1,
        camFromScan: unit,
        yawDeg: 0,
        pitchDeg: 0,
      }),
    ],
    // deno-lint-ignore require-await -- a reader that throws at once is one that refuses
    read: async (bytes) => parseCamera(textOf(bytes), "camera.json"),
    mutate: mutateJson,
  },
  {
    name: "keypoints",
    seeds: () => [
      json({
        schema: "scan2score/keypoints-1",
        body25: rows(25),
        handLeft: rows(21),
        handRight: rows(21),
        keypoints31: rows(31),
      }),
    ],
    // deno-lint-ignore require-await -- as above
    read: async (bytes) => parseKeypoints(textOf(bytes), "keypoints.json"),
    mutate: mutateJson,
  },
  {
    name: "openpose",
    seeds: () => [
      json({
        version: 1.3,
        people: [{
          pose_keypoints_2d: Array.from({ length: 75 }, (_, i) => i % 3 === 2 ? 1 : 9 * i),
          hand_left_keypoints_2d: Array.from({ length: 63 }, (_, i) => i % 3 === 2 ? 1 : 9 * i),
          hand_right_keypoints_2d: [],
        }],
      }),
    ],
    read: (bytes) => readOpenPose(bytesSource("fuzzed.json", bytes)),
    mutate: mutateJson,
  },
  {
    name: "experiment",
    seeds: () => [json(SMALL), bundled("docs/experiments/demo.jsonc")],
    read: onDisk("experiment.jsonc", readExperiment),
    mutate: mutateJson,
  },
  {
    name: "verified",
    seeds: () => [
      json({ files: 1, scores: 2, findings: [], unchecked: [] }),
    ],
    read: onDisk("verified.json", readVerified),
    mutate: mutateJson,
  },
  {
    name: "hash-list",
    seeds: () => [bytesOf(`${digest}  a/b.png\n${digest} *c.png\n# comment\n`)],
    // deno-lint-ignore require-await -- as above
    read: async (bytes) => parseHashList(textOf(bytes), "hashes.txt"),
    mutate: mutateBytes,
  },
];
