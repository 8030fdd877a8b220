/** What the module offers; see `../pack_kernel.ts`. */
export { moveBits as move, to as written } from "./bits";
export { endStream as end, putAll, putRun, startStream as start } from "./deflate";
export { splitRows } from "./exr";
export { ROOM as room } from "./layout";
export { filterRows, swapBytes } from "./png";
