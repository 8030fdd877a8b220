/** A small data set: textured balls that take milliseconds to draw, so that most moments are writing. */
import { encodeGlb } from "../../core/files/glb_write.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { join } from "../../core/work/path.ts";
import { sphere } from "../render/_shapes.ts";

/** Writes `count` subjects as the suite's own layout has them. */
export async function writeSmallSet(folder: string, count = 3): Promise<void> {
  await Deno.mkdir(join(folder, "subjects"), { recursive: true });
  for (let i = 0; i < count; i++) {
    const id = `b${i}`, glb = await encodeGlb(ball(0.7 + 0.1 * (i % 7)));
    await Deno.writeFile(join(folder, "subjects", `${id}.glb`), glb);
    await Deno.writeTextFile(
      join(folder, "subjects", `${id}.json`),
      JSON.stringify({ id, scan: `${id}.glb`, units: "m", up: "+y", front: "+z" }),
    );
  }
}

function ball(radius: number): Mesh {
  const mesh = sphere(radius, 10), corners = mesh.indices.length;
  return {
    ...mesh,
    uvs: Float32Array.from({ length: 2 * corners }, (_, i) => i % 7 / 8),
    materials: [{
      name: "ball",
      baseColor: [1, 1, 1, 1],
      texture: {
        name: "t",
        width: 8,
        height: 8,
        data: Uint8Array.from({ length: 256 }, (_, i) => i % 4 === 3 ? 255 : 3 * i & 255),
      },
    }],
    faceMaterials: new Uint16Array(corners / 3),
  };
}
