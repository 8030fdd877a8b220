/** What the module offers; see `../kernel.ts`. */
export { setup } from "./level";
export { addResidual } from "./residual";
export { relax } from "./relax";
