/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** Elements: found, made, told. Text goes in as text, never as markup. */

type Child = Node | string | number | undefined;
type Attributes = Record<string, string | number | boolean | undefined>;

/** All elements that match. */
export function all<T extends Element = HTMLElement>(
  selector: string,
  root: ParentNode = document,
): T[] {
  return Array.from(root.querySelectorAll<T>(selector));
}

/** The first element that matches, or undefined. */
export function one<T extends Element = HTMLElement>(
  selector: string,
  root: ParentNode = document,
): T | undefined {
  return root.querySelector<T>(selector) ?? undefined;
}

/** Makes an HTML element. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

/** Makes an SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    // A policy may forbid style attributes, not styles set one by one.
    if (name === "style") {
      for (const rule of String(value).split(";")) {
        const [property, ...rest] = rule.split(":");
        if (rest.length > 0) {
          (element as unknown as HTMLElement).style.setProperty(
            property.trim(),
            rest.join(":").trim(),
          );
        }
      }
    } else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (child !== undefined) element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** Puts other children in place of an element's own. */
export function replace(parent: Element, ...children: Child[]): void {
  parent.replaceChildren(
    ...children.filter((child) => child !== undefined).map((child) =>
      child instanceof Node ? child : String(child)
    ),
  );
}

/** Reads the JSON of a data block. */
export function jsonOf<T>(id: string): T | undefined {
  const text = document.getElementById(id)?.textContent;
  return text ? JSON.parse(text) as T : undefined;
}

/** Base64 → bytes, through the browser's own decoder where it has one. */
export function bytesOf(base64: string): Uint8Array {
  const native =
    (Uint8Array as unknown as { fromBase64?: (text: string) => Uint8Array }).fromBase64;
  if (native !== undefined) return native.call(Uint8Array, base64);
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** Inflates bytes without a header. */
export async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([Uint8Array.from(bytes)]).stream()
    .pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Writes to the clipboard and says so on the button for a moment. */
export async function copyText(text: string, button: HTMLElement): Promise<void> {
  const label = button.textContent ?? "";
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A page from disk may not: the old way.
    const area = el("textarea", { class: "unseen" });
    area.value = text;
    button.after(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.textContent = "Copied";
  setTimeout(() => button.textContent = label, 1500);
}
