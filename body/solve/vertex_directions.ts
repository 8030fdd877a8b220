/** A model's directions, vertex by vertex, as derivatives need them. */
import { type BodyModel, bodyVertexCount, jointCount } from "../model.ts";

/** The directions of a model gathered by vertex, zeros left out. */
export interface VertexDirections {
  /** Pose correctives in compressed rows: vertex v has entries start[v] … start[v + 1] − 1. */
  features: {
    start: Uint32Array;
    /** Element of (R − I): 9 (joint − 1) + row · 3 + column. */
    index: Uint16Array;
    /** Metres per unit, three an entry. */
    value: Float32Array;
  };
  /** Metres per unit of beta at 3 (betaCount v + b). */
  shapes: Float32Array;
  betaCount: number;
  /** How rest joints move per unit of beta, at 3 (J b + j). */
  jointShapes: Float64Array;
}

const known = new WeakMap<BodyModel, VertexDirections>();

/** Gathers a model's directions by vertex; kept for the model's next use. */
export function vertexDirections(model: BodyModel): VertexDirections {
  let directions = known.get(model);
  if (directions === undefined) {
    directions = { features: featuresOf(model), ...shapesOf(model) };
    known.set(model, directions);
  }
  return directions;
}

function featuresOf(model: BodyModel): VertexDirections["features"] {
  const vertices = bodyVertexCount(model), rows = 9 * (jointCount(model) - 1);
  const { poseDirs } = model, length = 3 * vertices;
  const used = (row: number, v: number) => {
    const at = row * length + 3 * v;
    return poseDirs[at] !== 0 || poseDirs[at + 1] !== 0 || poseDirs[at + 2] !== 0;
  };
  const start = new Uint32Array(vertices + 1);
  for (let row = 0; row < rows; row++) {
    for (let v = 0; v < vertices; v++) if (used(row, v)) start[v + 1]++;
  }
  for (let v = 0; v < vertices; v++) start[v + 1] += start[v];
  const next = start.slice();
  const index = new Uint16Array(start[vertices]), value = new Float32Array(3 * start[vertices]);
  for (let row = 0; row < rows; row++) {
    for (let v = 0; v < vertices; v++) {
      if (!used(row, v)) continue;
      const entry = next[v]++, at = row * length + 3 * v;
      index[entry] = row;
      for (let k = 0; k < 3; k++) value[3 * entry + k] = poseDirs[at + k];
    }
  }
  return { start, index, value };
}

function shapesOf(model: BodyModel) {
  const { shapeDirs, betaCount, jointRegressor } = model;
  const length = model.template.length, vertices = length / 3, joints = jointCount(model);
  const shapes = new Float32Array(length * betaCount);
  for (let b = 0; b < betaCount; b++) {
    for (let v = 0; v < vertices; v++) {
      for (let k = 0; k < 3; k++) {
        shapes[3 * (betaCount * v + b) + k] = shapeDirs[b * length + 3 * v + k];
      }
    }
  }
  const jointShapes = new Float64Array(3 * joints * betaCount);
  const { start, index, value } = jointRegressor;
  for (let b = 0; b < betaCount; b++) {
    for (let j = 0; j < joints; j++) {
      for (let e = start[j]; e < start[j + 1]; e++) {
        for (let k = 0; k < 3; k++) {
          jointShapes[3 * (joints * b + j) + k] += value[e] *
            shapeDirs[b * length + 3 * index[e] + k];
        }
      }
    }
  }
  return { shapes, betaCount, jointShapes };
}
