// deno-lint-ignore-file no-console -- a test by hand reports on the terminal
/** Disks that are too small or read-only, as mounts of their own: for those who may mount. */
import { INPUT_FOLDERS } from "./_cases.ts";
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

/** Does the command with inputs that cannot be written, then into a folder that cannot, then as ever. */
export async function onReadOnlyDisk(world: World): Promise<Outcome | undefined> {
  const { cwd, out, reference } = world, folder = `${cwd}/${out}`, wrong: string[] = [];
  const inputs = INPUT_FOLDERS.map((name) => `${cwd}/${name}`);
  const mounted: string[] = [];
  const readOnly = async (path: string) => {
    if (!await mount("--bind", path, path)) return false;
    mounted.push(path);
    return await mount("-o", "remount,ro,bind", path);
  };
  try {
    for (const path of inputs) {
      if (!await readOnly(path)) {
        console.log("readonly: left out: this user may not mount");
        return undefined;
      }
    }
    wrong.push(...await ending(world));
    await Deno.remove(folder, { recursive: true });
    await Deno.mkdir(folder, { recursive: true });
    if (!await readOnly(folder)) wrong.push("cannot make the folder read-only");
    const { code, text } = await runCommand(reference.args(out, 1), { cwd });
    if (code !== 1) wrong.push(`into a read-only folder: exit ${code}`);
    if (!/read-only/i.test(text)) wrong.push(`into a read-only folder: ${text.slice(-300)}`);
    if (/Uncaught|\n {4}at /.test(text)) wrong.push(`untyped: ${text.slice(0, 300)}`);
    if ((await contentsOf(folder)).size > 0) wrong.push("a read-only folder got files");
  } finally {
    for (const path of mounted) await new Deno.Command("umount", { args: [path] }).output();
  }
  wrong.push(...await ending(world));
  return { tried: 2, wrong };
}
