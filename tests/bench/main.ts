// deno-lint-ignore-file no-console -- a benchmark reports on the terminal
/**
 * Runs the suite's own benchmarks one after another, each in a process of its own:
 *
 *   deno task bench              those that need nothing but the repository
 *   deno task bench render_view  one of them, with further arguments passed on
 *   deno task bench --list       what there is
 *   deno task bench --against peers --python VENV/bin/python     ours and other libraries, with ratios
 *
 * What they measure is appended to `tests/bench/results/<processor>.csv`, with the versions: the
 * history of a machine is one diff. Those that compare with other libraries need a Python that has
 * them; their heads say how.
 */
const HERE = new URL(".", import.meta.url);

/** As the tasks have them. */
const FLAGS = "--v8-flags=--no-maglev,--expose-gc";

/** Benchmarks without arguments, and what each measures. */
const ALONE: readonly (readonly [name: string, what: string])[] = [
  ["render_view", "drawing the dense scan at 2048²: seconds a view, memory"],
  ["files_maps", "writing and reading maps of 2048²"],
  ["files_obj", "reading an OBJ and a PLY of a million triangles"],
  ["geometry_distances", "exact distances between two surfaces of half a million triangles"],
  ["geometry_noise", "how much scores vary with the seed"],
  ["demo", "the demo from nothing: seconds and memory"],
];

async function run(name: string, args: string[]): Promise<number> {
  console.log(`== ${name}`);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", FLAGS, new URL(`${name}.ts`, HERE).href, ...args],
  }).spawn().status;
  return code;
}

async function names(): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(HERE)) {
    if (/^[a-z].*\.ts$/.test(name) && name !== "main.ts") found.push(name.slice(0, -3));
  }
  return found.sort();
}

const [name, ...args] = Deno.args;
if (name === undefined) {
  let code = 0;
  for (const [one] of ALONE) code = Math.max(code, await run(one, []));
  Deno.exit(code);
} else if (name === "--against") {
  Deno.exit(await run("render_peers", Deno.args));
} else if (name === "--list") {
  const what = new Map(ALONE);
  for (const one of await names()) {
    console.log(`${one.padEnd(20)} ${what.get(one) ?? "see its head"}`);
  }
} else if ((await names()).includes(name)) {
  Deno.exit(await run(name, args));
} else {
  console.error(`error: found no benchmark "${name}"; --list shows what there is`);
  Deno.exit(2);
}
