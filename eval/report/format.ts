/** Numbers and words as the page prints them. Rounding happens here and nowhere else. */

/** A number with fixed digits and a real minus sign; a dash for what is not defined. */
export function fixed(value: number | null | undefined, digits: number): string {
  if (value === null || value === undefined) return "–";
  const text = value.toFixed(digits);
  // A rounded −0.00 is 0.00.
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/** As {@linkcode fixed}, with a plus sign where it is positive. */
export function signed(value: number | null | undefined, digits: number): string {
  const text = fixed(value, digits);
  return value !== null && value !== undefined && value > 0 && Number(text) !== 0
    ? `+${text}`
    : text;
}

/** A p-value: two digits that count, never 0. */
export function pText(p: number): string {
  if (p >= 0.1) return p.toFixed(2);
  if (p >= 0.001) return p.toFixed(3);
  return "< 0.001";
}

/** `1 subject`, `8 subjects`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** Bytes as people say them. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

/** Any JSON value in one line, as a reader of constants wants it. */
export function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(", ");
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  if (typeof value === "number") return groupDigits(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}

/** 100000 → `100 000`, with thin spaces; decimals untouched. */
export function groupDigits(value: number): string {
  const [whole, ...rest] = String(value).replace("-", "−").split(".");
  return [whole.replaceAll(/\B(?=(\d{3})+(?!\d))/g, "\u2009"), ...rest].join(".");
}

/** `rotationDeg` → `rotation deg`: keys as words. */
export function keyWords(key: string): string {
  return key.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").replaceAll("_", " ").toLowerCase();
}
