/** The file round the page: one document, styles, scripts and data inline, nothing fetched. */
import { createHash } from "node:crypto";
import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { pageScript, viewerScript } from "./scripts.ts";
import { STYLE } from "./style/style.ts";

/** What a page holds beside its body. */
export interface PageParts {
  title: string;
  body: VNode;
  /** Blocks of data by their id, as JSON. */
  data: ReadonlyMap<string, unknown>;
  /** Whether there is anything for the 3D viewer to show. */
  viewer: boolean;
  /** Where a served page listens; it may then fetch from its own server. */
  events?: string | undefined;
}

/**
 * Puts a page together. The Content-Security-Policy in the file allows `data:` pictures, the inline
 * styles and these very scripts by their hashes, and no request of any kind; a served page may ask
 * its own server.
 */
export async function pageShell(
  { title, body, data, viewer, events }: PageParts,
): Promise<string> {
  const script = await pageScript();
  const late = viewer ? await viewerScript() : undefined;
  const hashes = [script, late?.code].flatMap((code) =>
    code === undefined ? [] : [`'sha256-${createHash("sha256").update(code).digest("base64")}'`]
  );
  const policy = [
    "default-src 'none'",
    "img-src data:",
    "style-src 'unsafe-inline'",
    `script-src ${hashes.join(" ")}`,
    ...(events === undefined ? [] : ["connect-src 'self'"]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const head = renderToString(
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content={policy} />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="referrer" content="no-referrer" />
      <title>{title}</title>
      <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      <noscript>
        <style
          dangerouslySetInnerHTML={{
            __html: "[data-board][hidden],.subject[hidden]{display:revert!important}",
          }}
        />
      </noscript>
    </head>,
  );
  // The script stands before the heavy blocks: the table answers while they are still being read.
  const [first, ...rest] = Array.from(data, ([id, value]) => dataBlock(id, value));
  const viewerBlock = late === undefined
    ? []
    : [`<script type="text/plain" id="viewer-script">${late.packed}</script>`];
  const live = events === undefined ? "" : ` data-events="${events}"`;
  return [
    "<!DOCTYPE html>",
    `<html lang="en"${live}>`,
    head,
    "<body>",
    renderToString(body),
    first,
    `<script>${script}</script>`,
    ...viewerBlock,
    ...rest,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

/** Data that the page's script reads. Nothing in it can end the element. */
function dataBlock(id: string, value: unknown): string {
  const json = JSON.stringify(value).replaceAll("<", "\\u003c");
  return `<script type="application/json" id="${id}">${json}</script>`;
}
