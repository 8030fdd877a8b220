/**
 * Makes `golden/person.jpg`, `person_mask.png` and `person.json`: a bundled person drawn by the
 * suite before a smooth background, with the true silhouette and the true joints in its pixels.
 * Run again when the person or the renderer changes, then `tests/crosscheck/photo_landmarks.py`:
 *
 *   deno run --allow-read --allow-write --allow-env --allow-ffi --allow-sys \
 *     tests/inference/photo/_make_golden.ts
 */
import { fileURLToPath } from "node:url";
import { encodeLossy, encodePng } from "../../../core/files/image.ts";
import { writeWhole } from "../../../core/work/scratch.ts";
import { stableJson } from "../../../core/work/json.ts";
import { backgrounds, drawPeople, photoOf } from "../../bench/_photo_scenes.ts";

const sizePx = 512, id = "h10", yawDeg = 0;
const folder = fileURLToPath(new URL("golden/", import.meta.url));
const behind = await backgrounds(sizePx, { only: ["gradient"], folder: undefined });
for await (const person of drawPeople([id], { yawsDeg: [yawDeg], sizePx })) {
  const { picture } = await photoOf(person, behind.get("gradient")!);
  await writeWhole(`${folder}person.jpg`, await encodeLossy(picture, { quality: 90 }));
  const mask = { width: sizePx, height: sizePx, channels: 1 as const, data: person.mask };
  await writeWhole(`${folder}person_mask.png`, encodePng(mask, { level: 9 }));
  const { body25, handLeft, handRight, heightPx } = person;
  const rounded = (points: [number, number][]) =>
    points.flat().map((value) => Math.round(1000 * value) / 1000);
  await writeWhole(
    `${folder}person.json`,
    stableJson({
      subject: id,
      yawDeg,
      sizePx,
      heightPx,
      body25: rounded(body25),
      handLeft: rounded(handLeft),
      handRight: rounded(handRight),
    }),
  );
}
