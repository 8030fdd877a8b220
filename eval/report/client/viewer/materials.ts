/// <reference lib="dom" />
/** How surfaces are shaded: plain, by normals, or by distance to the scan. */
// @ts-types="npm:@types/three@0.187.0"
import type * as Three from "three";

/** What a surface shows. */
export type Shading = "surface" | "normals" | "distance";

/** What all materials share; a change is seen in the next picture. */
export interface ShadingUniforms {
  mode: { value: number };
  maxMm: { value: number };
  isSigned: { value: number };
  part: { value: number };
  sequential: { value: Three.Texture };
  diverging: { value: Three.Texture };
}

/** The numbers of `Shading` in the shader. */
export const MODES: Readonly<Record<Shading, number>> = { surface: 0, normals: 1, distance: 2 };

const VERTEX = `
attribute float distanceMm;
attribute float part;
varying vec3 vNormal;
varying float vDistance;
varying float vAbsolute;
varying float vPart;
void main() {
  vNormal = normalMatrix * normal;
  vDistance = distanceMm;
  vAbsolute = abs(distanceMm);
  vPart = part;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;

// Facing the camera, colours of distances are exactly those of the legend. Lengths are interpolated
// as lengths: where the sign turns between two corners that are far off, nothing in between is near.
const FRAGMENT = `
uniform float mode, maxMm, isSigned, part, hasDistance;
uniform sampler2D sequential, diverging;
varying vec3 vNormal;
varying float vDistance;
varying float vAbsolute;
varying float vPart;
void main() {
  vec3 n = normalize(vNormal);
  bool front = dot(n, vec3(0.0, 0.0, 1.0)) > 0.0;
  float facing = abs(n.z);
  vec3 color;
  if (mode > 0.5 && mode < 1.5) {
    color = 0.5 + 0.5 * n;
  } else if (mode > 1.5 && hasDistance > 0.5) {
    float at = isSigned > 0.5 ? 0.5 + 0.5 * vDistance / maxMm : vAbsolute / maxMm;
    float u = (0.5 + 255.0 * clamp(at, 0.0, 1.0)) / 256.0;
    color = isSigned > 0.5 ? texture2D(diverging, vec2(u, 0.5)).rgb
      : texture2D(sequential, vec2(u, 0.5)).rgb;
    color *= 1.0 - 0.3 * (1.0 - facing);
  } else {
    vec3 light = normalize(vec3(0.35, 0.55, 0.75));
    float lambert = max(0.0, dot(front ? n : -n, light));
    color = vec3(0.83, 0.82, 0.795) * (0.34 + 0.66 * lambert);
  }
  if (part >= 0.0 && abs(vPart - part) > 0.5) color = mix(color, vec3(0.62, 0.63, 0.65), 0.86);
  gl_FragColor = vec4(color, 1.0);
}`;

const OVERLAY = `
varying vec3 vNormal;
varying float vDistance;
varying float vPart;
void main() {
  float rim = 1.0 - abs(normalize(vNormal).z);
  gl_FragColor = vec4(0.04, 0.48, 0.56, 0.22 + 0.5 * rim * rim);
}`;

/** Makes the uniforms that materials share. Tables are RGBA bytes, 256 colours. */
export function makeUniforms(
  three: typeof Three,
  tables: { sequential: Uint8Array; diverging: Uint8Array },
): ShadingUniforms {
  const texture = (table: Uint8Array) => {
    const made = new three.DataTexture(Uint8Array.from(table), 256, 1, three.RGBAFormat);
    made.needsUpdate = true;
    return { value: made };
  };
  return {
    mode: { value: MODES.distance },
    maxMm: { value: 50 },
    isSigned: { value: 0 },
    part: { value: -1 },
    sequential: texture(tables.sequential),
    diverging: texture(tables.diverging),
  };
}

/** The material of a scan or a prediction. */
export function surfaceMaterial(
  three: typeof Three,
  shared: ShadingUniforms,
  options: { hasDistance: boolean },
): Three.ShaderMaterial {
  const uniforms = { ...shared, hasDistance: { value: options.hasDistance ? 1 : 0 } };
  return new three.ShaderMaterial({
    uniforms: uniforms as unknown as Record<string, Three.IUniform>,
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    side: three.DoubleSide,
  });
}

/** The material of a body that is laid over. */
export function overlayMaterial(three: typeof Three): Three.ShaderMaterial {
  return new three.ShaderMaterial({
    vertexShader: VERTEX,
    fragmentShader: OVERLAY,
    transparent: true,
    depthWrite: false,
  });
}
