/** What the module offers; see `../kernel.ts`. */
export { setup } from "./tree";
export { boxes, order } from "./build";
export { closest } from "./closest";
export { dropDiscs, makeDiscs } from "./disc";
export { rays } from "./ray";
