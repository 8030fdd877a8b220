/** The 2K2K reconstruction network: import of checkpoints, inference, its own files. */
export { importCheckpoint, type ImportOptions } from "./import_checkpoint.ts";
export {
  type ModelFolder,
  type ModelJson,
  modelJson,
  openModel,
  trainedOnFile,
} from "./model_json.ts";
export {
  describeModel,
  type ModelDescription,
  type ModelVerdict,
  verifyModel,
} from "./model_info.ts";
export { runTwoKTwoK, type TwoKTwoKOptions, type TwoKTwoKResult } from "./run.ts";
export { type PersonPicture } from "./front_end.ts";
export { type Consistency, consistencyJson } from "./consistency.ts";
export { type Pipeline, PUBLISHED_PIPELINE } from "./pipeline.ts";
