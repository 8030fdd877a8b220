import assert from "node:assert/strict";
import { maskField } from "../../../body/solve/mask_field.ts";

/** A disc of radius 40 about (100, 80) on 200 × 160 pixels. */
function disc() {
  const data = new Uint8Array(200 * 160);
  for (let y = 0; y < 160; y++) {
    for (let x = 0; x < 200; x++) {
      if (Math.hypot(x + 0.5 - 100, y + 0.5 - 80) < 40) data[200 * y + x] = 255;
    }
  }
  return { width: 200, height: 160, data };
}

Deno.test("maskField() is 0 inside a disc and the distance to its rim outside, pointing away", () => {
  const { outside } = maskField(disc());
  assert.equal(outside(100, 80).px, 0);
  assert.equal(outside(130, 90).px, 0);
  for (const [u, v] of [[160.5, 80.5], [10.5, 80.5], [100.5, 150.5], [170.5, 140.5], [0.5, 0.5]]) {
    const found = outside(u, v), far = Math.hypot(u - 100, v - 80);
    assert.ok(Math.abs(found.px - (far - 40)) < 1.5, `${found.px} at ${u}, ${v}`);
    const cosine = (found.du * (u - 100) + found.dv * (v - 80)) / far;
    assert.ok(cosine > 0.99, `the way out differs at ${u}, ${v}: ${cosine}`);
  }
});

Deno.test("maskField() finds the outline with normals pointing out, on a coarser grid too", () => {
  const { outline } = maskField(disc());
  assert.ok(outline.length / 4 > 100 && outline.length / 4 <= 240);
  for (let i = 0; i < outline.length; i += 4) {
    const x = outline[i] - 100, y = outline[i + 1] - 80, r = Math.hypot(x, y);
    assert.ok(Math.abs(r - 40) < 1.5, `a point of the outline lies ${r} from the centre`);
    assert.ok((outline[i + 2] * x + outline[i + 3] * y) / r > 0.95);
  }
});

Deno.test("maskField() holds nothing back where nobody is", () => {
  const empty = maskField({ width: 50, height: 50, data: new Uint8Array(2500) });
  assert.equal(empty.outline.length, 0);
  assert.equal(empty.outside(3, 3).px, 0);
});
