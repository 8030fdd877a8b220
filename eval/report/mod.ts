/** The report page. */
export {
  buildReport,
  errorRangeMm,
  type Report,
  type ReportInput,
  type ReportOptions,
} from "./build_report.tsx";
export { errorColor, errorGradient } from "./color_maps.ts";
export {
  drawSubject,
  PICTURE_DEFAULTS,
  type PictureOptions,
  type SubjectScene,
} from "./pictures.ts";
export type { Locate, PlacedResults } from "./subject_plan.ts";
