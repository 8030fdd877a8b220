// deno-lint-ignore-file no-console -- a test by hand reports on the terminal
/** A disk that is too small, as a tmpfs of its own: for those who may mount one. */
import { contentsOf, runCommand } from "./_command.ts";
import { ending, type Outcome, type World } from "./_kinds.ts";

async function mount(...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command("mount", { args, stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

/** Fills a small disk, enlarges it, and goes on. */
export async function withSmallDisk(world: World): Promise<Outcome | undefined> {
  const { cwd, out, reference, rng } = world, folder = `${cwd}/${out}`;
  let whole = 0;
  for (const path of reference.contents.keys()) {
    whole += Math.ceil((await Deno.stat(`${reference.folder}/${path}`)).size / 4096) * 4;
  }
  const kilobytes = Math.max(16, Math.round(whole * (0.1 + 0.8 * rng.float())));
  await Deno.mkdir(folder, { recursive: true });
  if (!await mount("-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", folder)) {
    console.log("disk: left out: this user may not mount a tmpfs");
    return undefined;
  }
  try {
    const wrong: string[] = [];
    const { code, text } = await runCommand(reference.args(out, 1), { cwd });
    if (code !== 1) wrong.push(`on ${kilobytes} kB: exit ${code}`);
    if (!/no space|failed/i.test(text)) wrong.push(`on ${kilobytes} kB: ${text.slice(-300)}`);
    if (/Uncaught|\n {4}at /.test(text)) wrong.push(`untyped: ${text.slice(0, 300)}`);
    for (const [path, digest] of await contentsOf(folder)) {
      const list = /(manifest|predictions|results|leaderboard)\.json$|\.html$|\.tmp$/.test(path);
      if (!list && reference.contents.get(path) !== digest) wrong.push(`${path} on a full disk`);
    }
    if (!await mount("-o", "remount,size=512m", folder)) wrong.push("cannot enlarge the disk");
    wrong.push(...await ending(world));
    return { tried: 1, wrong };
  } finally {
    await new Deno.Command("umount", { args: [folder] }).output();
  }
}
