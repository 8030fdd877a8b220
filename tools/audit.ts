// deno-lint-ignore-file no-console -- a report for the terminal
/**
 * Audits what the suite is made of, offline: the lock's integrity, the licence of each package as the
 * package itself in Deno's cache states it, which packages hold machine code, and that a task's
 * permissions are each needed. `deno task audit`; `--json` for machines.
 *
 * Exit 1: a version that is not exact, no integrity, a licence that is unknown or asks for more than a
 * notice, machine code in a package that is not known for it, a permission that nothing needs.
 */
import { parse } from "jsonc-parser";
import { compactJson, type Json } from "../core/work/json.ts";
import { join } from "../core/work/path.ts";
import { SUITE_ROOT } from "../core/work/paths.ts";
import { entryFor, mayBeUsed, NATIVE, OTHERS } from "./_licences.ts";
import { isForOthers, type LockedPackage, readLock } from "./_lock.ts";
import { permissionFaults } from "./_permissions.ts";

interface Row {
  name: string;
  version: string;
  licence: string;
  native?: string;
}

const config = parse(await Deno.readTextFile(join(SUITE_ROOT, "deno.json"))) as {
  imports: Record<string, string>;
  tasks: Record<string, { command: string }>;
};
const lock = await Deno.readTextFile(join(SUITE_ROOT, "deno.lock"));
const { packages, faults } = readLock(lock, config.imports);
const folders = await packageFolders();
const rows: Row[] = [], elsewhere: LockedPackage[] = [];
for (const one of packages) {
  const { name, version } = one, folder = await folderOf(one);
  if (folder === undefined) {
    elsewhere.push(one);
    continue;
  }
  const licence = await licenceOf(folder), other = entryFor(OTHERS, name);
  const native = entryFor(NATIVE, name);
  if (other === undefined ? !mayBeUsed(licence) : other.licence !== licence) {
    faults.push(
      `${name}@${version}: licence "${licence}" is not on the list of tools/_licences.ts`,
    );
  }
  if (native === undefined && (one.scripts || await hasMachineCode(folder))) {
    faults.push(`${name}@${version}: holds machine code or an install script, unknown so far`);
  }
  rows.push({ name, version, licence, ...(native === undefined ? {} : { native }) });
}
// What is for other systems is not in the cache of this one; all else must be.
const lost = elsewhere.filter((one) =>
  !isForOthers(one) && entryFor(NATIVE, one.name) === undefined
);
const optional = new Set(["@emnapi/runtime", "tslib"]); // of sharp's WebAssembly build only
for (const { name, version } of lost) {
  if (!optional.has(name)) {
    faults.push(`${name}@${version}: not in Deno's cache: run deno install once`);
  }
}
for (const [task, { command }] of Object.entries(config.tasks)) {
  faults.push(...permissionFaults(task, command));
}

if (Deno.args.includes("--json")) {
  print(compactJson({ packages: rows, notHere: elsewhere.length, faults } as unknown as Json));
} else {
  for (const { name, version, licence, native } of rows) {
    print(
      `${`${name}@${version}`.padEnd(44)} ${licence}${native ? `   machine code: ${native}` : ""}`,
    );
  }
  print(`\n${packages.length} packages, each by version and SHA-512`);
  print(`${elsewhere.length} of them are not on this machine: for other systems, or optional`);
  for (const [name, { licence, why }] of Object.entries(OTHERS)) {
    print(`${name}: ${licence}: ${why}`);
  }
  for (const fault of faults) print(`FAULT ${fault}`);
  print(faults.length === 0 ? "no faults" : `${faults.length} faults`);
}
Deno.exit(faults.length === 0 ? 0 : 1);

function print(line: string): void {
  console.log(line);
}

/** Deno's cache of packages: a folder for each registry. */
async function packageFolders(): Promise<string[]> {
  const { DENO_DIR, XDG_CACHE_HOME, HOME, LOCALAPPDATA } = Deno.env.toObject();
  const cache = DENO_DIR ??
    (Deno.build.os === "windows"
      ? join(LOCALAPPDATA, "deno")
      : Deno.build.os === "darwin"
      ? join(HOME, "Library", "Caches", "deno")
      : join(XDG_CACHE_HOME ?? join(HOME, ".cache"), "deno"));
  const npm = join(cache, "npm"), found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(npm)) {
    if (isDirectory) found.push(join(npm, name));
  }
  return found;
}

async function folderOf({ name, version }: LockedPackage): Promise<string | undefined> {
  for (const registry of folders) {
    const folder = join(registry, name, version);
    if (await Deno.stat(join(folder, "package.json")).catch(() => undefined)) return folder;
  }
  return undefined;
}

async function licenceOf(folder: string): Promise<string> {
  const { license, licenses } = JSON.parse(await Deno.readTextFile(join(folder, "package.json")));
  const stated = license ?? licenses;
  if (typeof stated === "string") return stated;
  const list = Array.isArray(stated) ? stated : stated === undefined ? [] : [stated];
  return list.map((one) => one.type ?? String(one)).join(" OR ") || "none stated";
}

async function hasMachineCode(folder: string): Promise<boolean> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (
      isDirectory
        ? await hasMachineCode(join(folder, name))
        : /\.(node|so|dll|dylib|exe)$/.test(name)
    ) {
      return true;
    }
  }
  return false;
}
