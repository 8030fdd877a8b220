import assert from "node:assert/strict";
import { InputError } from "../../core/work/errors.ts";
import { verify } from "../../eval/verify.ts";

Deno.test("verify() says that a results file is too long for it, in a folder too", async () => {
  const folder = await Deno.makeTempDir(), path = `${folder}/results.json`;
  try {
    // A hole of half a gigabyte in a text, and what the end of a results file looks like.
    using file = await Deno.open(path, { write: true, create: true });
    await file.seek(501e6, Deno.SeekMode.Start);
    await file.write(new TextEncoder().encode('],\n  "schema": "scan2score/results-1"\n}\n'));
    for (const place of [path, folder]) {
      await assert.rejects(verify(place), (error: Error) => {
        assert.ok(error instanceof InputError);
        assert.match(
          error.message,
          /^Cannot verify: the file has 501 MB, expected at most 500/,
        );
        return true;
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
