/**
 * Joins modules into one classic script, which a page can hold inline and a Content-Security-Policy
 * can name by its hash. No bundler: each module becomes a function that returns its exports.
 */
import { stripTypeScriptTypes } from "node:module";
import { fromFileUrl } from "../../core/work/path.ts";

/** A module that was read. */
interface Module {
  /** The name of its exports in the script. */
  name: string;
  code: string;
}

const IMPORT = /^import\s*\{([^}]*)\}\s*from\s*(["'])(\.[^"']+)\2;?[ \t]*$/gm;
const REEXPORT = /^export\s*\{([^}]*)\}\s*from\s*(["'])(\.[^"']+)\2;?[ \t]*$/gm;
const EXPORT_LIST = /^export\s*\{([^}]*)\}\s*;?[ \t]*$/gm;
const EXPORTED = /^export\s+((?:async\s+)?function\*?|class|const|let)\s+([\w$]+)/gm;
const COMMENTS = /^[ \t]*(?:\/\/.*|\/\*(?:(?!\*\/)[^])*\*\/[ \t]*)\n/gm;

/**
 * Links a module and what it imports (by relative paths, named imports only). TypeScript's types are
 * stripped. Comments that stand on lines of their own are left out.
 *
 * @param entry The module's file; its exports become `globalName`, where one is given.
 * @throws {TypeError} If a module uses a form of import or export that is not known here.
 */
export async function linkModules(entry: URL, globalName?: string): Promise<string> {
  const linked = new Map<string, Module>();
  const order: Module[] = [];
  await link(entry, { linked, order });
  const parts = order.map(({ name, code }) => `const ${name} = (() => {\n${code}\n})();`);
  const last = order.at(-1)!.name;
  const body = ['"use strict";', ...parts].join("\n");
  return globalName === undefined
    ? `(() => {\n${body}\n})();\n`
    : `const ${globalName} = (() => {\n${body}\nreturn ${last};\n})();\n`;
}

async function link(
  url: URL,
  context: { linked: Map<string, Module>; order: Module[] },
): Promise<Module> {
  const known = context.linked.get(url.href);
  if (known !== undefined) return known;
  const source = await Deno.readTextFile(fromFileUrl(url));
  const plain = url.href.endsWith(".ts") ? stripTypeScriptTypes(source) : source;
  const module: Module = { name: `m${context.linked.size}`, code: "" };
  context.linked.set(url.href, module);

  const exports: string[] = [];
  const imported = new Map<string, Module>();
  for (const [, , , path] of [...plain.matchAll(IMPORT), ...plain.matchAll(REEXPORT)]) {
    imported.set(path, await link(new URL(path, url), context));
  }
  let code = plain
    .replaceAll(
      IMPORT,
      (_all, names: string, _quote, path: string) =>
        `const {${renamed(names, ": ")}} = ${imported.get(path)!.name};`,
    )
    .replaceAll(REEXPORT, (_all, names: string, _quote, path: string) => {
      for (const [from, to] of namesOf(names)) {
        exports.push(`${to}: ${imported.get(path)!.name}.${from}`);
      }
      return "";
    })
    .replaceAll(EXPORT_LIST, (_all, names: string) => {
      for (const [from, to] of namesOf(names)) exports.push(`${to}: ${from}`);
      return "";
    })
    .replaceAll(EXPORTED, (_all, kind: string, name: string) => {
      exports.push(name);
      return `${kind} ${name}`;
    });
  const left = /^(?:import|export)\b.*/m.exec(code);
  if (left !== null) {
    throw new TypeError(`Cannot link ${url.pathname}: found "${left[0].slice(0, 60)}"`);
  }
  code = code.replaceAll(COMMENTS, "").replaceAll(/[ \t]+$/gm, "").replaceAll(/\n{2,}/g, "\n");
  module.code = `${code.trim()}\nreturn { ${exports.join(", ")} };`;
  context.order.push(module);
  return module;
}

/** `a, b as c` → [["a", "a"], ["b", "c"]]. */
function namesOf(list: string): [from: string, to: string][] {
  return list.split(",").map((part) => part.trim()).filter((part) => part !== "").map((part) => {
    const [from, to = from] = part.split(/\s+as\s+/);
    return [from, to];
  });
}

function renamed(list: string, separator: string): string {
  return namesOf(list).map(([from, to]) => from === to ? from : `${from}${separator}${to}`)
    .join(", ");
}
