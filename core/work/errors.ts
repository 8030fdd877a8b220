/**
 * Errors whose reader is a person at a terminal.
 *
 * House rule: the message reads `Cannot <do> <what>: <found>, expected <wanted>`, names the subject
 * and the file, ends without a full stop; the `hint` says what to do next. Library code throws and
 * never prints; the command line prints `message` and one `hint:` line.
 */

/** What an {@linkcode InputError} carries beside its message. */
export interface InputErrorOptions {
  /** The file or folder at fault, as the caller knows it. */
  file?: string;
  /** One sentence that says what to do. Printed after `hint:`. */
  hint?: string;
  /** The error underneath, kept for the log. */
  cause?: unknown;
}

/**
 * Input from outside (a file, a folder, an option's value) is not what it must be.
 * In a batch it becomes a failed row; alone it ends the command with exit code 1.
 */
export class InputError extends Error {
  override readonly name: string = "InputError";
  readonly file: string | undefined;
  readonly hint: string | undefined;

  constructor(message: string, options: InputErrorOptions = {}) {
    const { file, hint, cause } = options;
    super(
      file !== undefined && !message.includes(file) ? `${message} (${file})` : message,
      cause === undefined ? undefined : { cause },
    );
    this.file = file;
    this.hint = hint;
  }
}

/** The command line was used wrongly: exit code 2, before any work is done. */
export class UsageError extends InputError {
  override readonly name: string = "UsageError";
}

/**
 * This machine, not the input, is at fault (its graphics device was lost, say). No other item would
 * fare better: the run stops, and what is done stays done.
 */
export class MachineError extends InputError {
  override readonly name: string = "MachineError";
}

/** The work was asked to stop (Ctrl-C). Nothing half-written is left under a final name. */
export class CancelledError extends Error {
  override readonly name: string = "CancelledError";
  constructor() {
    super("Cancelled");
  }
}

/** The text of anything thrown, in one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s*\n\s*/g, " ").trim();
}

/** The hint of anything thrown, if it has one. */
export function hintOf(error: unknown): string | undefined {
  const hint = (error as { hint?: unknown } | null | undefined)?.hint;
  return typeof hint === "string" ? hint : undefined;
}
