/** `pictures` of `results.json`: what comparing pictures found. `docs/formats.md` explains it. */
import { z } from "zod";
import { sha256Text } from "../core/files/predictions_json.ts";
import { open } from "../core/work/schema.ts";

const numbers = z.record(z.string(), z.number().nullable());

/** `pictures` of a results file. */
export const picturesSchema = open({
  sizePx: z.int().positive(),
  yawsDeg: z.array(z.number()),
  window: z.number().describe("Side of the square shown, in units of the scan's longest side"),
  supersample: z.int().positive(),
  alignment: z.string().describe("Predictions are drawn where this alignment put them"),
  models: z.array(open({ path: z.string(), bytes: z.int(), sha256: sha256Text }))
    .describe("The user's networks"),
  methods: z.array(open({
    method: z.string(),
    n: z.int().describe("Subjects that the means are over: those with every view scored"),
    mean: numbers.describe("Over subjects; a subject's views are averaged first"),
    sets: z.record(
      z.string(),
      open({
        pictures: z.int().describe("Of each set"),
        fid: z.number().nullable(),
        kid: z.number().nullable(),
        kidDeviation: z.number().nullable(),
      }),
    ).describe("All pictures of the method against those of the scans, by kind of picture"),
    items: z.array(open({
      subject: z.string(),
      view: z.string().optional(),
      scores: numbers,
      notes: z.array(z.string()),
    })),
  })),
});

/** `pictures` of a results file. */
export type Pictures = z.infer<typeof picturesSchema>;
