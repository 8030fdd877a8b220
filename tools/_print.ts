/** The only place that prints. Results go to stdout, everything else to stderr. */

const encoder = new TextEncoder();

/** Writes a line of results. */
export function print(line: string): void {
  writeAll(Deno.stdout, line + "\n");
}

/** Writes a line about the work. */
export function eprint(line: string): void {
  writeAll(Deno.stderr, line + "\n");
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = encoder.encode(text);
  for (let done = 0; done < bytes.length;) done += stream.writeSync(bytes.subarray(done));
}
