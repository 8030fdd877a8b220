import { encodePng } from "../../core/files/image.ts";
import { framingOf, suiteCamera } from "../../render/cameras.ts";
import { drawScene } from "../../render/cpu/draw.ts";
import { prepareScene } from "../../render/cpu/scene.ts";
import { loadCase } from "./_mesher_cases.ts";
import { prepareMaps } from "../../inference/meshing/prepare_maps.ts";
import { poissonMesh } from "../../inference/meshing/poisson_mesh.ts";
import { largestPiece } from "../../inference/meshing/largest_piece.ts";
const [path, out, ...os] = Deno.args; const yaws=[60,90,150], S = 700;
const { maps } = prepareMaps(loadCase(path));
const W = S * yaws.length, sheet = new Uint8Array(3 * W * S * os.length).fill(255);
os.forEach((o, r) => {
  const { mesh, pieces } = largestPiece(poissonMesh(maps, JSON.parse(o)).mesh); console.log(o, pieces.count, pieces.floatingShare);
  const scene = prepareScene(mesh);
  yaws.forEach((yaw, n) => {
    const cam = suiteCamera(framingOf(mesh), { yawDeg: yaw, pitchDeg: 10 }, { size: 2*S });
    const m = drawScene(scene, cam, { maps: ["normal"] }).normal!;
    for (let j = 0; j < S; j++) for (let i = 0; i < S; i++) { const p = 3 * ((j+S/8|0) * 2*S + i + S/2); if (m[p] + m[p+1] + m[p+2] === 0) continue;
      const l = Math.max(0, (m[p] / 32767.5 - 1) * .4 + (m[p+1] / 32767.5 - 1) * .5 + (m[p+2] / 32767.5 - 1) * .75) * 255;
      for (let k = 0; k < 3; k++) sheet[3 * ((r * S + j) * W + n * S + i) + k] = l; }
  });
});
Deno.writeFileSync(out, encodePng({ width: W, height: S * os.length, channels: 3, data: sheet }));
