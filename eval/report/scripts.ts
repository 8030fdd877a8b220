/** The page's two scripts: one that runs at once, one for the viewer that runs when it is needed. */
import { deflateSync } from "fflate";
import { linkModules } from "./link_modules.ts";

/** The viewer's script as the page holds it. */
export interface ViewerScript {
  /** What runs; the page's policy names its hash. */
  code: string;
  /** The same, deflated (no header), as base64. */
  packed: string;
}

const NOTICE = "/* three.js (MIT, three.js authors); meshoptimizer's reference decoder (MIT, " +
  "Arseny Kapoulkine, Jasper St. Pierre); scan2score (Apache-2.0) */\n";

const VIEWER_NAMES = new URL("./client/viewer/viewer_main.ts", import.meta.url);

let page: Promise<string> | undefined;
let viewer: Promise<ViewerScript> | undefined;

/** The script that runs when the page is read. */
export function pageScript(): Promise<string> {
  page ??= linkModules(new URL("./client/main.ts", import.meta.url)).then(safe);
  return page;
}

/** The script of the 3D viewer, with three and the mesh decoder. */
export function viewerScript(): Promise<ViewerScript> {
  viewer ??= makeViewerScript();
  return viewer;
}

async function makeViewerScript(): Promise<ViewerScript> {
  const three = new URL(import.meta.resolve("three"));
  const decoder = new URL("./meshopt_decoder_reference.js", import.meta.resolve("meshoptimizer"));
  const parts = [
    await linkModules(three, "THREE"),
    await linkModules(decoder, "MESHOPT"),
    await linkModules(VIEWER_NAMES),
  ];
  const code = safe(`${NOTICE}(() => {\n${parts.join("")}})();\n`);
  const packed = deflateSync(new TextEncoder().encode(code), { level: 9 }).toBase64();
  return { code, packed };
}

/** A script that cannot end its own element. */
function safe(code: string): string {
  if (/<\/script|<!--/i.test(code)) {
    throw new TypeError("Cannot put a script into the page: it holds the end of a script element");
  }
  return code;
}
