// deno-lint-ignore-file no-console -- a test by hand reports on the terminal
/**
 * Does to the suite what bad days do, and checks that nothing wrong or half stands under a final name and
 * that the same command then ends with the same bytes as one that nothing happened to:
 *
 *   deno task faults                          a little of everything, some minutes
 *   deno task faults --only kills,moments --count 250 --seed 3
 *   deno task faults --cases render,run       those commands only
 *
 * Linux. Faults that need a file system of their own (`disk`) want the right to mount one, and are
 * left out, and said, without it.
 */
import { parseArgs } from "node:util";
import { random } from "../../core/work/random.ts";
import { CASES, prepare } from "./_cases.ts";
import { KINDS, type World } from "./_kinds.ts";
import { contentsOf, leftovers, runCommand } from "./_command.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    count: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    cases: { type: "string" },
  },
});
/** Where every artifact is written, below the folder of the test. */
const ROUND = "rounds/now/out";

const kinds = KINDS.filter(({ name }) => values.only?.split(",").includes(name) ?? true);
const cases = CASES.filter(({ name }) => values.cases?.split(",").includes(name) ?? true);
if (kinds.length === 0 || cases.length === 0) {
  console.error(`error: no such kind or case; kinds: ${KINDS.map(({ name }) => name).join(", ")}`);
  Deno.exit(2);
}

const cwd = await Deno.makeTempDir({ prefix: "s2s_faults_" });
let failed = 0;
try {
  await prepare(cwd);
  const references = [];
  for (const one of cases) {
    // Made where the rounds are: pages name the command that made them. Then moved to a place as deep.
    const kept = `${cwd}/reference/${one.name.replaceAll(" ", "_")}`;
    const countFile = `${cwd}/count.json`;
    const { code, ms, text } = await runCommand(one.args(ROUND, 1), { cwd, countFile });
    if (code !== 0) throw new Error(`${one.name} fails without a fault: ${text}`);
    const calls = JSON.parse(await Deno.readTextFile(countFile));
    const left = await leftovers(`${cwd}/${ROUND}`);
    if (left.length > 0) throw new Error(`${one.name} leaves ${left.join(", ")}`);
    const contents = await contentsOf(`${cwd}/${ROUND}`);
    await Deno.mkdir(kept, { recursive: true });
    await Deno.rename(`${cwd}/${ROUND}`, `${kept}/out`);
    references.push({ ...one, ms, calls, contents, folder: `${kept}/out` });
  }
  for (const kind of kinds) {
    let tried = 0, survived = 0;
    const started = performance.now(), wanted = Number(values.count);
    for (let round = 0; tried < wanted && round < 4 * wanted; round++) {
      const reference = references[round % references.length];
      const world: World = {
        cwd,
        reference,
        out: ROUND,
        rng: random(Number(values.seed), kind.name, round),
        most: wanted - tried,
      };
      const outcome = await kind.run(world);
      if (outcome === undefined) break; // it cannot be done here; it has said why
      tried += outcome.tried;
      if (outcome.wrong.length === 0) survived += outcome.tried;
      else {
        failed += outcome.wrong.length;
        const where = `${kind.name}, ${reference.name}, round ${round}`;
        console.log(`WRONG ${where}: ${outcome.wrong.slice(0, 5).join("; ").slice(0, 800)}`);
      }
      if (round % 5 === 4) console.log(`  ${kind.name}: ${tried} so far, ${survived} survived`);
      await Deno.remove(`${cwd}/rounds`, { recursive: true }).catch(() => {});
    }
    const seconds = (performance.now() - started) / 1000;
    console.log(
      `${kind.name.padEnd(12)} ${kind.title}: ${tried} tried, ${survived} survived ` +
        `(${seconds.toFixed(0)} s)`,
    );
  }
} finally {
  await Deno.remove(cwd, { recursive: true }).catch(() => {});
}
Deno.exit(failed > 0 ? 1 : 0);
