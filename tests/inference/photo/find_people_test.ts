import assert from "node:assert/strict";
import fc from "fast-check";
import { choosePerson } from "../../../inference/photo/choose_person.ts";
import type { Detection } from "../../../inference/photo/detections.ts";
import { findPeople, prominence, searchWindows } from "../../../inference/photo/find_people.ts";
import { followPerson } from "../../../inference/photo/follow_person.ts";
import type { Region } from "../../../inference/photo/region.ts";
import { near, networks, plain, refuses, SEED, seen } from "./_help.ts";

const found = (x: number, y: number, radius: number, score = 0.95): Detection => ({
  score,
  box: [x, y - radius, 20, 20],
  centre: [x, y],
  top: [x, y - radius],
});

Deno.test("searchWindows() covers the picture, half a window apart at most", () => {
  assert.equal(searchWindows(100, 100, 50).length, 9);
  assert.equal(searchWindows(100, 100, 25).length, 49);
  assert.deepEqual(searchWindows(100, 20, 100), [{ cx: 50, cy: 10, sidePx: 100, angleRad: 0 }]);
  const side = fc.integer({ min: 16, max: 3000 });
  fc.assert(
    fc.property(side, side, fc.integer({ min: 1, max: 4 }), (width, height, part) => {
      const sidePx = Math.max(width, height) / part;
      const windows = searchWindows(width, height, sidePx);
      for (const [length, key] of [[width, "cx"], [height, "cy"]] as const) {
        const centres = [...new Set(windows.map((window) => window[key]))].sort((a, b) => a - b);
        assert.ok(centres[0] - sidePx / 2 <= 1e-9, "starts at the edge");
        assert.ok(centres.at(-1)! + sidePx / 2 >= length - 1e-9, "ends at the edge");
        centres.slice(1).forEach((centre, i) =>
          assert.ok(centre - centres[i] <= sidePx / 2 + 1e-9, "no gap wider than half a window")
        );
      }
    }),
    { seed: SEED },
  );
});

Deno.test("prominence() prefers the larger body, and of two equal ones the one in the middle", () => {
  const size = { width: 400, height: 300 };
  const at = (cx: number, cy: number, sidePx: number) =>
    prominence({ cx, cy, sidePx, angleRad: 0 }, size);
  assert.equal(at(200, 150, 80), 80);
  assert.equal(at(0, 0, 80), 40);
  assert.ok(at(200, 150, 80) > at(100, 150, 80));
  assert.ok(at(100, 150, 200) > at(200, 150, 80));
});

Deno.test("findPeople() stops at the half windows once somebody is surely there", async () => {
  const sides: number[] = [];
  const sure = networks({
    detect: (_, { sidePx }) => {
      sides.push(sidePx);
      return Promise.resolve(sidePx === 400 ? [found(200, 200, 80)] : []);
    },
  });
  const people = await findPeople(plain(400, 400), sure);
  assert.equal(people.length, 1);
  near(people[0].region.sidePx, 200, 1e-9);
  assert.deepEqual([...new Set(sides)], [400, 200]);
});

Deno.test("findPeople() searches ever smaller windows for a small figure, and joins what they see", async () => {
  const small = networks({
    // Seen in windows of a quarter that hold it whole, each time a little elsewhere.
    detect: (_, { cx, cy, sidePx }) =>
      Promise.resolve(
        sidePx === 100 && Math.hypot(cx - 330, cy - 70) < 40 ? [found(330 + cx / 100, 70, 20)] : [],
      ),
  });
  const people = await findPeople(plain(400, 400), small);
  assert.equal(people.length, 1, "several windows, one person");
  near(people[0].region.cx, 333.5, 1);
});

Deno.test("findPeople() ranks by prominence those who are surely there, then by score", async () => {
  const crowd = networks({
    detect: (_, { sidePx }) =>
      Promise.resolve(
        sidePx === 400
          ? [
            found(60, 300, 40, 0.99),
            found(200, 200, 60, 0.85),
            found(330, 100, 150, 0.6),
            found(350, 350, 10, 0.7),
          ]
          : [],
      ),
  });
  const people = await findPeople(plain(400, 400), crowd);
  assert.deepEqual(people.map(({ score }) => score), [0.85, 0.99, 0.7, 0.6]);
});

const start: Region = { cx: 100, cy: 100, sidePx: 200, angleRad: 0 };

Deno.test("followPerson() is settled once a look agrees with an earlier one", async () => {
  // Looks alternate between two poses until the fourth, which agrees with the second.
  let looks = 0;
  const flicker = networks({
    look: (_, region) => {
      const person = seen(region);
      const shift = [0, 60, 120, 61][looks++];
      for (let i = 0; i < 165; i += 5) person.points[i] += shift;
      return Promise.resolve(person);
    },
  });
  const person = await followPerson(plain(200, 200), start, flicker);
  assert.deepEqual([person.settled, person.looks, looks], [true, 4, 4]);
  const steady = await followPerson(plain(200, 200), start, networks({}));
  assert.deepEqual([steady.settled, steady.looks], [true, 2]);
});

Deno.test("followPerson() gives up after seven looks that never agree, or a region that never rests", async () => {
  let shift = 0;
  const restless = networks({
    look: (_, region) => Promise.resolve(seen(region, { next: { ...region, cx: region.cx + 50 } })),
  });
  const drifting = networks({
    look: (_, region) => {
      const person = seen(region);
      shift += 30;
      for (let i = 0; i < 165; i += 5) person.points[i] += shift;
      return Promise.resolve(person);
    },
  });
  for (const bad of [restless, drifting]) {
    const person = await followPerson(plain(200, 200), start, bad);
    assert.deepEqual([person.settled, person.looks], [false, 7]);
  }
});

Deno.test("choosePerson() counts the others who surely are there, each once", async () => {
  const people = [found(200, 200, 80), found(60, 200, 50), found(62, 330, 50), found(330, 100, 40)];
  const several = networks({
    detect: (_, { sidePx }) => Promise.resolve(sidePx === 400 ? people : []),
    look: (_, region) =>
      Promise.resolve(
        // The third is a reflection: the network looks at it and sees the second.
        region.cx === 62 ? seen({ ...region, cx: 60, cy: 200 }) : seen(region, {
          presence: region.cx === 330 ? 0.5 : 1,
        }),
      ),
  });
  const choice = await choosePerson(plain(400, 400), several, { file: "crowd.jpg" });
  assert.equal(choice.people, 2);
  assert.equal(choice.person.region.cx, 200);
});

Deno.test("choosePerson() passes over what the landmark network does not see as a person", async () => {
  const two = networks({
    detect: (_, { sidePx }) =>
      Promise.resolve(sidePx === 400 ? [found(200, 200, 120), found(80, 80, 40)] : []),
    look: (_, region) => Promise.resolve(seen(region, { presence: region.cx > 150 ? 0.6 : 0.99 })),
  });
  const { person, people } = await choosePerson(plain(400, 400), two, { file: "poster.jpg" });
  assert.deepEqual([person.region.cx, people], [80, 1]);
});

Deno.test("choosePerson() asks more of somebody whom the detector is not sure of", async () => {
  const doubtful = (confidence: number) =>
    networks({
      detect: (_, { sidePx }) => Promise.resolve(sidePx === 400 ? [found(200, 200, 80, 0.6)] : []),
      look: (_, region) => {
        const person = seen(region);
        for (let i = 0; i < 165; i += 5) person.points[i + 3] = confidence;
        return Promise.resolve(person);
      },
    });
  await choosePerson(plain(400, 400), doubtful(0.9), { file: "photo.jpg" });
  await refuses(
    choosePerson(plain(400, 400), doubtful(0.5), { file: "cat.jpg" }),
    /Cannot find a person in the photo: 1 place looked at, nobody is surely there .*cat\.jpg/,
  );
});

Deno.test("choosePerson() names an empty photo", async () => {
  const error = await refuses(
    choosePerson(plain(400, 400), networks({}), { file: "wall.jpg" }),
    /Cannot find a person in the photo: nobody was detected \(wall\.jpg\)/,
  );
  assert.match(error.hint!, /--keypoints FILE/);
});

Deno.test("choosePerson() starts where it is told, and looks elsewhere if nobody is there", async () => {
  let searched = 0;
  const nets = (there: boolean) =>
    networks({
      detect: (_, { sidePx }) => {
        searched++;
        return Promise.resolve(sidePx === 400 ? [found(300, 300, 60)] : []);
      },
      look: (_, region) =>
        Promise.resolve(seen(region, { presence: there || region.cx === 300 ? 1 : 0 })),
    });
  const there = await choosePerson(plain(400, 400), nets(true), { file: "a.jpg", start });
  assert.deepEqual([there.person.region.cx, searched], [100, 0]);
  const elsewhere = await choosePerson(plain(400, 400), nets(false), { file: "a.jpg", start });
  assert.equal(elsewhere.person.region.cx, 300);
});
