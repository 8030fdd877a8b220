/** What `deno.lock` holds of packages, and what is wrong with it. */
import { z } from "zod";
import { parseJson } from "../core/work/schema.ts";

const entry = z.looseObject({
  integrity: z.string().optional(),
  os: z.array(z.string()).optional(),
  cpu: z.array(z.string()).optional(),
  scripts: z.boolean().optional(),
});

const lockSchema = z.looseObject({
  version: z.string(),
  specifiers: z.record(z.string(), z.string()),
  npm: z.record(z.string(), entry),
});

/** One package of the lock. */
export interface LockedPackage {
  name: string;
  version: string;
  integrity: string | undefined;
  /** Systems and processors that it is for; absent: all. */
  os: readonly string[] | undefined;
  cpu: readonly string[] | undefined;
  /** Whether it wants to run programs when it is installed. Deno does not let it. */
  scripts: boolean;
}

/** The lock's packages, and what is wrong, a line each. */
export interface LockState {
  packages: LockedPackage[];
  faults: string[];
}

/** A number of three parts, with what may follow: no range, no tag. */
const EXACT = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;

/** SHA-512 in base 64, as npm's registry states it. */
const INTEGRITY = /^sha512-[A-Za-z0-9+/]{86}==$/;

/**
 * Reads a lock: every package by exact version and SHA-512, nothing from elsewhere than npm.
 *
 * @param imports the import map of `deno.json`
 * @throws {InputError} If the text is no lock.
 */
export function readLock(text: string, imports: Readonly<Record<string, string>>): LockState {
  const lock = parseJson(lockSchema, text, { what: "the lock", file: "deno.lock" });
  const faults: string[] = [];
  for (const key of ["jsr", "remote", "redirects"]) {
    if (lock[key] !== undefined) faults.push(`the lock holds "${key}": packages are npm's only`);
  }
  const packages = new Map<string, LockedPackage>();
  for (const [key, { integrity, os, cpu, scripts = false }] of Object.entries(lock.npm)) {
    // name@version, then the versions of peers after underscores.
    const [, name, version] = /^(@?[^@]+)@([^_]+)/.exec(key) ?? [key, key, ""];
    if (!EXACT.test(version)) faults.push(`${key}: "${version}" is no exact version`);
    if (!INTEGRITY.test(integrity ?? "")) faults.push(`${key}: no SHA-512 integrity`);
    packages.set(`${name}@${version}`, { name, version, integrity, os, cpu, scripts });
  }
  for (const [name, target] of Object.entries(imports)) {
    if (!target.startsWith("npm:")) continue; // a file of the suite
    const match = /^npm:(@?[^@/]+(?:\/[^@/]+)?)@([^/]+)/.exec(target);
    if (match === null || !EXACT.test(match[2])) {
      faults.push(`deno.json: "${name}" is ${target}, expected an exact version`);
    } else if (!packages.has(`${match[1]}@${match[2]}`)) {
      faults.push(`deno.json: ${match[1]}@${match[2]} is not in the lock`);
    }
  }
  return { packages: [...packages.values()], faults };
}

/** Whether a package is for another system or processor than this one. */
export function isForOthers({ os, cpu }: LockedPackage): boolean {
  const system = { darwin: "darwin", linux: "linux", windows: "win32" }[
    Deno.build.os as "darwin"
  ] ?? Deno.build.os;
  const processor = { x86_64: "x64", aarch64: "arm64" }[Deno.build.arch];
  return os !== undefined && !os.includes(system) ||
    cpu !== undefined && !cpu.includes(processor);
}
