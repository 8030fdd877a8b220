import assert from "node:assert/strict";
import { FIXTURES } from "../../core/work/paths.ts";
import { openDataset } from "../../datasets/open.ts";
import { framingKept, release } from "../../render/render_task.ts";
import renderItem from "../../render/render_item.ts";
import { RENDER_DEFAULTS } from "../../render/render_options.ts";

Deno.test("subject.json is the same whether or not the views were drawn before", async () => {
  const { subjects } = await openDataset(`${FIXTURES}/humans`);
  const [subject, other] = subjects;
  const folder = await Deno.makeTempDir();
  const write = async (name: string) => {
    const scratch = `${folder}/${name}`, bodyFile = subject.fit?.bodyFile;
    await renderItem({ kind: "subject", subject, bodyFile, folder }, { scratch });
    return await Deno.readTextFile(`${scratch}/${subject.id}/subject.json`);
  };
  try {
    assert.equal(framingKept(subject), undefined);
    const alone = await write("alone");
    const options = { ...RENDER_DEFAULTS, size: 32, maps: ["mask" as const] };
    const views = [{ yawDeg: 0, pitchDeg: 0 }];
    const view = { kind: "view", subject, index: 0, options, views, set: "humans" } as const;
    await renderItem(view, { scratch: `${folder}/view` });
    assert.ok(framingKept(subject) !== undefined, "the view's scene is kept");
    assert.equal(framingKept(other), undefined);
    assert.equal(framingKept({ ...subject, unit: "cm", metresPerUnit: 0.01 }), undefined);
    assert.equal(await write("after"), alone);
  } finally {
    release();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("views of two subjects with one scan file do not depend on which was drawn before", async () => {
  const { subjects: [subject] } = await openDataset(`${FIXTURES}/humans`);
  // Upside down: turned by half a turn around z.
  const upright = subject.upright.map((v, i) =>
    i % 4 < 2 && i < 8 ? -v : v
  ) as typeof subject.upright;
  const turned = { ...subject, id: "turned", upright };
  const folder = await Deno.makeTempDir();
  const options = { ...RENDER_DEFAULTS, size: 32, maps: ["mask" as const] };
  const views = [{ yawDeg: 0, pitchDeg: 0 }];
  const draw = async (one: typeof subject, name: string) => {
    const scratch = `${folder}/${name}`;
    await renderItem({ kind: "view", subject: one, index: 0, options, views, set: "humans" }, {
      scratch,
    });
    return await Deno.readFile(`${scratch}/${one.id}/y000/mask.png`);
  };
  try {
    const alone = await draw(turned, "alone");
    const plain = await draw(subject, "plain");
    assert.deepEqual(await draw(turned, "after"), alone);
    assert.notDeepEqual(plain, alone);
  } finally {
    release();
    await Deno.remove(folder, { recursive: true });
  }
});
