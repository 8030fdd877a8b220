// deno-lint-ignore-file no-console
/**
 * The fault matrix of `inspect`: every fault of `tests/datasets/check/_faults.ts` injected into every
 * person of a split, and what the check calls it.
 *
 * ```text
 * deno run -A tests/bench/inspect_faults.ts test|train [only this fault] [only these ids]
 * ```
 */
import { readBodyFile } from "../../body/body_file.ts";
import { join } from "../../core/work/path.ts";
import { FIXTURES } from "../../core/work/paths.ts";
import { checkScan } from "../../datasets/check/check_subject.ts";
import { loadScan } from "../../datasets/load.ts";
import { openDataset } from "../../datasets/open.ts";
import { INJECTIONS, type Person } from "../datasets/check/_faults.ts";

const [split = "train", filter = "", ids = ""] = Deno.args;
const humans = join(FIXTURES, "humans");
const listed = (await Deno.readTextFile(join(humans, `${split}.txt`))).trim().split(/\s+/);
const { subjects } = await openDataset(humans);
const model = await readBodyFile(join(humans, "open_body.npz"));
const people: { id: string; person: Person }[] = [];
for (const subject of subjects.filter(({ id }) => listed.includes(id))) {
  const { mesh } = await loadScan(subject, { textures: "skip" });
  people.push({ id: subject.id, person: { model, scan: mesh, fit: subject.fit!.fit } });
}
for (const { name, expected, apply, says } of INJECTIONS) {
  if (filter !== "" && name !== filter) continue;
  const found = new Map<string, string[]>();
  let right = 0, total = 0;
  people.forEach(({ id, person }, i) => {
    if (ids !== "" && !ids.split(",").includes(id)) return;
    const other = people[(i + 1) % people.length].person;
    const { scan, fit, model } = apply(person, other);
    const subject = subjects.find((subject) => subject.id === id)!;
    const { report } = checkScan(subject, { scan, body: { model, fit } });
    const codes = report.faults.map(({ code }) => code);
    const fits = expected.length === 0
      ? codes.length === 0
      : codes.length === 1 && expected.includes(codes[0]);
    const said = says === undefined || report.faults.some(({ text }) => says.test(text));
    total++;
    if (fits && said) right++;
    const key = codes.join("+") || "good";
    found.set(key, [...found.get(key) ?? [], id]);
    if (!(fits && said)) {
      console.log(`   ${id}: ${report.faults.map(({ text }) => text).join(" | ")}`);
    }
  });
  const list = [...found].map(([codes, who]) =>
    `${codes} (${who.length === people.length ? "all" : who.join(" ")})`
  );
  console.log(`${right}/${total}  ${name}: ${list.join(", ")}`);
}
