import assert from "node:assert/strict";
import fc from "fast-check";
import { UsageError } from "../../core/work/errors.ts";
import { parseAngles, parseViewName, viewName, viewsOf } from "../../render/view_names.ts";

const NAMES = [
  [0, 0, "y000"],
  [30, 0, "y030"],
  [120, 0, "y120"],
  [360, 0, "y360"],
  [-30, 0, "y-30"],
  [-5, 0, "y-5"],
  [7.5, 0, "y7.5"],
  [-0.5, 0, "y-0.5"],
  [0, 10, "y000_p10"],
  [0.000001, -7.5, "y0.000001_p-7.5"],
] as const;

Deno.test("viewName() and parseViewName() agree on the documented names", () => {
  for (const [yawDeg, pitchDeg, name] of NAMES) {
    assert.equal(viewName({ yawDeg, pitchDeg }), name);
    assert.deepEqual(parseViewName(name), { yawDeg, pitchDeg });
  }
  assert.equal(viewName({ yawDeg: -0, pitchDeg: -0 }), "y000");
});

Deno.test("parseViewName() knows no name that viewName() does not make", () => {
  for (
    const name of [
      "",
      "y",
      "0",
      "y0",
      "y30",
      "y-0",
      "y-030",
      "y007.5",
      "y1e1",
      "y000_p0",
      "y000_p",
      "y000_p010",
      "y7.50",
      "y361",
      "y000 ",
      "Y000",
      "y0.0000001",
      "y+30",
      "y000_10",
    ]
  ) assert.equal(parseViewName(name), undefined, name);
});

const angle = fc.oneof(
  fc.integer({ min: -360, max: 360 }),
  fc.integer({ min: -360_000_000, max: 360_000_000 }).map((micro) => micro / 1e6),
).map((value) => value === 0 ? 0 : value);

Deno.test("viewName() names each pair of angles apart, and parseViewName() gives them back", () => {
  fc.assert(
    fc.property(angle, angle, angle, angle, (yawDeg, pitchDeg, otherYaw, otherPitch) => {
      const name = viewName({ yawDeg, pitchDeg });
      assert.deepEqual(parseViewName(name), { yawDeg, pitchDeg });
      const isSame = yawDeg === otherYaw && pitchDeg === otherPitch;
      assert.equal(viewName({ yawDeg: otherYaw, pitchDeg: otherPitch }) === name, isSame);
      assert.match(name, /^[\w.-]+$/);
    }),
    { numRuns: 1000, seed: 1 },
  );
});

Deno.test("viewName() refuses angles it cannot name", () => {
  for (const yawDeg of [361, NaN, Infinity, 1e-7, 1 / 3]) {
    assert.throws(() => viewName({ yawDeg, pitchDeg: 0 }), RangeError);
  }
});

Deno.test("parseAngles() reads ranges with both ends, lists and single angles", () => {
  assert.deepEqual(parseAngles("-30..30:10", "--yaws"), [-30, -20, -10, 0, 10, 20, 30]);
  assert.deepEqual(parseAngles("0,120,240", "--yaws"), [0, 120, 240]);
  assert.deepEqual(parseAngles("7.5", "--yaws"), [7.5]);
  assert.deepEqual(parseAngles("0..100:45, -15", "--yaws"), [0, 45, 90, -15]);
  assert.deepEqual(parseAngles("0..1:0.1", "--yaws"), [
    0,
    0.1,
    0.2,
    0.3,
    0.4,
    0.5,
    0.6,
    0.7,
    0.8,
    0.9,
    1,
  ]);
  assert.deepEqual(parseAngles("-0", "--yaws"), [0]);
  assert.equal(parseAngles("0..359:1", "--yaws").length, 360);
});

Deno.test("parseAngles() says what is wrong with a list", () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["", /found "", expected degrees/],
    ["0,,10", /found ""/],
    ["0..30", /expected a range with its step/],
    ["30..0:10", /expected a range that rises/],
    ["0..30:0", /expected a step above 0/],
    ["0..30:-5", /expected a step above 0/],
    ["0,10,0", /found 0 twice/],
    ["0..20:10,10", /found 10 twice/],
    ["400", /found "400"/],
    ["1e2", /found "1e2"/],
    ["0..360:0.000001", /at most 100000 angles/],
    ["ten", /found "ten"/],
  ];
  for (const [text, message] of wrong) {
    assert.throws(() => parseAngles(text, "--yaws"), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      assert.match(error.message, /^Cannot read --yaws "/);
      return true;
    });
  }
});

Deno.test("viewsOf() pairs every pitch with every yaw", () => {
  assert.deepEqual(viewsOf([0, 90], [0, 10]).map(viewName), [
    "y000",
    "y090",
    "y000_p10",
    "y090_p10",
  ]);
});
