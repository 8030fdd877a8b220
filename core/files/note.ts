/** What a reader found that is not an error: skipped, missing, replaced, guessed. */

/** One record beside a result. Codes are stable; texts are for people. */
export interface Note {
  /** `texture-missing`, `mesh-empty`, `misnamed`, … */
  code: string;
  /** One sentence without a full stop, with counts and names. */
  text: string;
  /** The file it is about, relative to the folder that was read. */
  file?: string;
}
