/// <reference lib="dom" />
/** What the viewer's script hands to the page. It runs once a subject is opened. */
// @ts-types="npm:@types/three@0.187.0"
import type * as Three from "three";
import { type MeshoptDecoder, readCompactGlb } from "./glb.ts";
import { Viewer, type ViewerOptions } from "./viewer.ts";

// Put in front of this script, from the packages of these names.
declare const THREE: typeof Three;
declare const MESHOPT: { MeshoptDecoder: MeshoptDecoder };

/** What the page calls. */
export interface ViewerLibrary {
  open(canvas: HTMLCanvasElement, options: ViewerOptions): Viewer;
  read(glb: Uint8Array): ReturnType<typeof readCompactGlb>;
}

const library: ViewerLibrary = {
  open: (canvas, options) => new Viewer(THREE, canvas, options),
  read: (glb) => readCompactGlb(glb, MESHOPT.MeshoptDecoder),
};

(globalThis as unknown as { scan2scoreViewer: ViewerLibrary }).scan2scoreViewer = library;
