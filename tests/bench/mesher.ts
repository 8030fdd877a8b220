// deno-lint-ignore-file no-console -- a benchmark reports on the terminal
/**
 * Measures the meshers on depth maps of the bundled people, in a folder that other libraries'
 * meshes can be put into (`tests/crosscheck/mesher.py` does):
 *
 *   deno run -A tests/bench/mesher.ts make  DIR [--subjects h01,h03] [--yaws 0,30] [--noise]
 *   deno run -A tests/bench/mesher.ts run   DIR [--mesher stitch] [--name NAME] [--options JSON]
 *   deno run -A tests/bench/mesher.ts score DIR [--names stitch,open3d9]
 *   deno run -A tests/bench/mesher.ts table DIR
 *
 * `run` meshes each case in a process of its own (compilation included): CPU seconds and peak memory
 * are the process's, less those before the maps were loaded (`cpu`), or all (`peakMb`).
 * `score` measures P2S, S2P (all of the scan) and their mean in mm, from 100,000 samples a side.
 */
import { parseArgs } from "node:util";
import { encodePly } from "../../core/files/ply_write.ts";
import { readMeshFile } from "../../core/files/mesh_file.ts";
import { buildTree } from "../../core/geometry/bvh.ts";
import { closestPoints } from "../../core/geometry/closest.ts";
import { stratifiedSamples } from "../../core/geometry/sampler.ts";
import { topologyOf } from "../../core/geometry/topology.ts";
import { meshDepthMaps, type MeshingOptions } from "../../inference/meshing/mesh_depth_maps.ts";
import { readFixture } from "../render/_fixture.ts";
import { exactCase, loadCase, noisyCase, saveCase } from "./_mesher_cases.ts";
import { processCpuSeconds, processPeakMb } from "./_process.ts";

const { values: options, positionals: [command, folder] } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    subjects: { type: "string", default: "h01,h03,h04,h08,h14,h18" },
    yaws: { type: "string", default: "0,30" },
    noise: { type: "boolean", default: false },
    mesher: { type: "string", default: "stitch" },
    name: { type: "string" },
    names: { type: "string" },
    options: { type: "string", default: "{}" },
  },
});
const name = options.name ?? options.mesher;

const cases = () => [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();

if (command === "make") {
  for (const subject of options.subjects.split(",")) {
    for (const yaw of options.yaws.split(",")) {
      const exact = await exactCase(subject, Number(yaw)), id = `${subject}_${yaw}`;
      saveCase(`${folder}/${id}`, exact);
      if (options.noise) saveCase(`${folder}/${id}_noisy`, noisyCase(exact, id));
    }
  }
} else if (command === "run") {
  for (const id of cases()) {
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", import.meta.filename!, "one", `${folder}/${id}`]
        .concat(["--mesher", options.mesher, "--name", name, "--options", options.options]),
    }).spawn().status;
    if (!success) console.error(`${id} failed`);
  }
} else if (command === "one") {
  const maps = loadCase(folder), before = processCpuSeconds(), started = performance.now();
  const { mesh, record, warnings } = await meshDepthMaps(maps, {
    mesher: options.mesher as MeshingOptions["mesher"],
    ...JSON.parse(options.options),
  });
  const cpu = processCpuSeconds() - before, wall = (performance.now() - started) / 1000;
  const peakMb = processPeakMb();
  Deno.writeFileSync(`${folder}/${name}.ply`, encodePly(mesh));
  const json = { cpu, wall, peakMb, record, warnings };
  Deno.writeTextFileSync(`${folder}/${name}.run.json`, JSON.stringify(json));
} else if (command === "score") {
  for (const id of cases()) {
    const scan = await readFixture(id.split("_")[0]), tree = buildTree(scan);
    const truth = stratifiedSamples(scan, { count: 100_000, seed: 0, purpose: ["truth"] });
    const meshes = [...Deno.readDirSync(`${folder}/${id}`)].map((entry) => entry.name)
      .filter((file) => file.endsWith(".ply")).map((file) => file.slice(0, -4));
    for (const which of options.names?.split(",") ?? meshes) {
      if (!meshes.includes(which)) continue;
      const { mesh } = await readMeshFile(`${folder}/${id}/${which}.ply`);
      const drawn = stratifiedSamples(mesh, { count: 100_000, seed: 0, purpose: ["prediction"] });
      const p2s = closestPoints(tree, drawn.points).distance, own = buildTree(mesh);
      const s2p = closestPoints(own, truth.points).distance;
      own.release();
      const seen = p2s.filter((_, i) => mesh.faceInferred?.[drawn.faces[i]] !== 1);
      const mean = (values: Float64Array) =>
        1000 * values.reduce((a, b) => a + b, 0) / values.length;
      const topology = topologyOf(mesh);
      const scores = {
        p2s: mean(p2s),
        p2sSeen: mean(seen),
        s2p: mean(s2p),
        chamfer: (mean(p2s) + mean(s2p)) / 2,
        faces: mesh.indices.length / 3,
        watertight: topology.watertight && topology.inconsistentEdges === 0,
        pieces: topology.components.length,
        litres: 1000 * topology.volume,
      };
      Deno.writeTextFileSync(`${folder}/${id}/${which}.score.json`, JSON.stringify(scores));
    }
    tree.release();
  }
}
if (command === "table" || command === "score") {
  const head = "case|mesher|cpu s|peak MB|P2S|P2S seen|S2P|Chamfer|faces|closed|pieces|litres";
  console.log(`| ${head.replaceAll("|", " | ")} |\n|${"---|".repeat(head.split("|").length)}`);
  for (const id of cases()) {
    for (
      const { name: file } of [...Deno.readDirSync(`${folder}/${id}`)].sort((a, b) =>
        a.name < b.name ? -1 : 1
      )
    ) {
      if (!file.endsWith(".score.json")) continue;
      const which = file.slice(0, -".score.json".length);
      if (options.names !== undefined && !options.names.split(",").includes(which)) continue;
      const read = (suffix: string) =>
        JSON.parse(Deno.readTextFileSync(`${folder}/${id}/${which}.${suffix}.json`));
      const run = read("run"), s = read("score");
      const cells = [id, which, run.cpu.toFixed(2), run.peakMb.toFixed(0), s.p2s.toFixed(3)]
        .concat([s.p2sSeen.toFixed(4), s.s2p.toFixed(3), s.chamfer.toFixed(3), `${s.faces}`])
        .concat([s.watertight ? "yes" : "no", `${s.pieces}`, s.litres.toFixed(2)]);
      console.log(`| ${cells.join(" | ")} |`);
    }
  }
}
