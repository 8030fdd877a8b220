/** Faults to inject into good people, and what a check must call them. */
import type { BodyFit } from "../../../body/fit.ts";
import type { BodyModel } from "../../../body/model.ts";
import { transformFit } from "../../../body/place.ts";
import { fitOfState, stateOfFit } from "../../../body/solve/state.ts";
import { swapSides } from "../../../body/solve/mirror.ts";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import {
  type Matrix4,
  rotationX,
  rotationY,
  scaling,
  transformPoints,
  translation,
} from "../../../core/geometry/transform.ts";

/** A person as a data set would bring it, declared upright, to the front and in metres. */
export interface Person {
  model: BodyModel;
  scan: Mesh;
  fit: BodyFit;
}

/** One way to spoil a person. */
export interface Injection {
  name: string;
  /** The codes that must be named, no others; several: any one of them. */
  expected: readonly string[];
  apply(person: Person, other: Person): Person;
  /** What the text must say. */
  says?: RegExp;
}

const DEG = Math.PI / 180;

function movedScan(person: Person, map: Matrix4): Person {
  const positions = transformPoints(map, person.scan.positions);
  return { ...person, scan: { ...person.scan, positions } };
}

function movedFit(person: Person, map: Matrix4): Person {
  return { ...person, fit: transformFit(person.model, person.fit, map) };
}

const both = (person: Person, map: Matrix4) => movedFit(movedScan(person, map), map);

/** Scales a fit about its pelvis, as a wrong scale does. */
function scaledFit({ fit, ...person }: Person, factor: number): Person {
  return { ...person, fit: { ...fit, scale: fit.scale * factor } };
}

function turnedJoint({ fit, ...person }: Person, joint: number, axis: number, rad: number): Person {
  const bodyPose = fit.bodyPose.slice();
  bodyPose[3 * (joint - 1) + axis] += rad;
  return { ...person, fit: { ...fit, bodyPose } };
}

function swapped({ fit, model, scan }: Person, how: "pose" | "joints"): Person {
  const state = stateOfFit(model, fit);
  return { model, scan, fit: fitOfState(model, swapSides(model, state, how)) };
}

function mirroredScan(person: Person): Person {
  const { positions, indices } = person.scan;
  const turned = indices.slice();
  for (let i = 0; i < turned.length; i += 3) {
    [turned[i + 1], turned[i + 2]] = [turned[i + 2], turned[i + 1]];
  }
  const mirrored = positions.map((v, i) => i % 3 === 0 ? -v : v);
  return { ...person, scan: { positions: mirrored, indices: turned } };
}

export const INJECTIONS: readonly Injection[] = [
  { name: "none", expected: [], apply: (person) => person },
  {
    name: "fit scaled by 1/2.4",
    expected: ["fit-scale"],
    apply: (person) => scaledFit(person, 1 / 2.4),
    says: /2\.[34]\d× too small/,
  },
  { name: "fit scaled by 1.12", expected: ["fit-scale"], apply: (p) => scaledFit(p, 1.12) },
  { name: "fit scaled by 0.92", expected: ["fit-scale"], apply: (p) => scaledFit(p, 0.92) },
  {
    name: "scan 2.4 times as large",
    expected: ["fit-scale"],
    apply: (person) => movedScan(person, scaling(2.4)),
    says: /2\.[34]\d× too small: 1 unit of this scan is 0\.4[0123]\d? m/,
  },
  {
    name: "fit 10 cm to the side",
    expected: ["fit-offset"],
    apply: (p) => movedFit(p, translation(0.1, 0, 0)),
  },
  {
    name: "fit 5 cm down, 4 cm back",
    expected: ["fit-offset"],
    apply: (p) => movedFit(p, translation(0, -0.05, -0.04)),
  },
  {
    name: "fit 1 m away",
    expected: ["fit-offset"],
    apply: (p) => movedFit(p, translation(0.6, 0.2, -0.8)),
  },
  {
    name: "scan in cm, fit in m",
    expected: ["unit"],
    apply: (p) => movedScan(p, scaling(100)),
    says: /looks like centimetres/,
  },
  {
    name: "scan and fit in cm",
    expected: ["unit"],
    apply: (p) => both(p, scaling(100)),
    says: /looks like centimetres/,
  },
  {
    name: "scan and fit in mm",
    expected: ["unit"],
    apply: (p) => both(p, scaling(1000)),
    says: /looks like millimetres/,
  },
  {
    name: "scan on its back, fit upright",
    expected: ["up-axis"],
    apply: (p) => movedScan(p, rotationX(-90 * DEG)),
    says: /lies on its back/,
  },
  {
    name: "scan and fit on their face",
    expected: ["up-axis"],
    apply: (p) => both(p, rotationX(90 * DEG)),
    says: /lies on its face/,
  },
  {
    name: "scan and fit face away",
    expected: ["facing"],
    apply: (p) => both(p, rotationY(180 * DEG)),
    says: /faces -z/,
  },
  {
    name: "scan faces +x, fit +z",
    expected: ["facing"],
    apply: (p) => movedScan(p, rotationY(90 * DEG)),
    says: /faces \+x/,
  },
  {
    name: "fit faces away",
    expected: ["fit-rotation"],
    apply: (p) => movedFit(p, rotationY(180 * DEG)),
  },
  {
    name: "fit turned by 15° about y",
    expected: ["fit-rotation"],
    apply: (p) => movedFit(p, rotationY(15 * DEG)),
  },
  {
    name: "pose mirrored",
    expected: ["left-right-swapped"],
    apply: (person) => swapped(person, "pose"),
  },
  {
    name: "left and right joints exchanged",
    expected: ["left-right-swapped"],
    apply: (person) => swapped(person, "joints"),
  },
  {
    name: "scan mirrored",
    expected: ["left-right-swapped"],
    apply: (person) => mirroredScan(person),
  },
  {
    name: "betas 0 and 1 off by 2.5",
    expected: ["fit-shape"],
    apply: ({ fit, ...person }) => ({
      ...person,
      fit: { ...fit, betas: fit.betas.map((b, i) => i < 2 ? b + (b > 0 ? -2.5 : 2.5) : b) },
    }),
  },
  {
    name: "left elbow bent by 70°",
    expected: ["fit-pose"],
    apply: (p) => turnedJoint(p, 18, 1, -70 * DEG),
  },
  {
    name: "right knee bent by 60°",
    expected: ["fit-pose"],
    apply: (p) => turnedJoint(p, 5, 0, 60 * DEG),
  },
  {
    name: "another person's fit",
    expected: ["fit-wrong", "fit-pose", "fit-shape", "fit-scale", "left-right-swapped"],
    apply: (person, other) => ({ ...person, fit: other.fit }),
  },
  {
    name: "inside out",
    expected: ["inside-out"],
    apply: ({ scan, ...person }) => ({
      ...person,
      scan: { ...scan, indices: scan.indices.slice().reverse() },
    }),
  },
];
