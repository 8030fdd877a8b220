/** The file round the page: one document, styles and script inline, nothing fetched. */
import { createHash } from "node:crypto";
import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import script from "./client/page.js" with { type: "text" };
import { STYLE } from "./style/style.ts";

/**
 * Wraps the body of a page. The Content-Security-Policy in the file allows `data:` pictures, the
 * inline styles and this one script by its hash, and no request of any kind.
 */
export function pageShell(title: string, body: VNode): string {
  const hash = createHash("sha256").update(script).digest("base64");
  const policy = [
    "default-src 'none'",
    "img-src data:",
    "style-src 'unsafe-inline'",
    `script-src 'sha256-${hash}'`,
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
  const content = renderToString(body);
  return `<!doctype html>\n<html lang="en">\n${head}\n<body>\n${content}\n<script>${script}</script>\n` +
    `</body>\n</html>\n`;
}
