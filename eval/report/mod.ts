/** The report page. */
export {
  buildReport,
  errorRangeMm,
  type Report,
  type ReportInput,
  type ReportOptions,
} from "./build_report.tsx";
export type { EmbedScans } from "./embed_scans.ts";
export { redactResults } from "./redaction.ts";
export { ReportServer, type ServeOptions } from "./serve.tsx";
export { splitReport } from "./split_report.ts";
export { errorColor, errorGradient } from "./color_maps.ts";
export {
  drawSubject,
  PICTURE_DEFAULTS,
  type PictureOptions,
  type SubjectScene,
} from "./pictures.ts";
export type { Locate, PlacedResults } from "./subject_plan.ts";
