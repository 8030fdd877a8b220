/** How drawing asks for what is visible: whoever runs the steps answers. */
import type { PixelWindow } from "../backend.ts";
import type { Frame } from "./frame.ts";
import type { Visibility } from "./rasterize.ts";

/** Asks for the first and, with two layers, the last surface at each pixel centre of a window. */
export interface VisibilityQuestion {
  frame: Frame;
  window: PixelWindow;
  layers: Visibility["layers"];
}

/**
 * Work that yields questions, is given an answer to each and returns a result. An answer is not
 * looked at any more once the next question is asked: its arrays may be used again.
 */
export type VisibilitySteps<Result> = Generator<VisibilityQuestion, Result, Visibility>;
