/** Numbers and parts in words. */
import type { BodyPart } from "../../body/parts.ts";

/** A part with its side written out. */
export function partText(part: BodyPart): string {
  return part.replace(/^l_/, "left ").replace(/^r_/, "right ").replaceAll("_", " ");
}

/** A length in centimetres, with its sign where that says something. */
export function centimetres(metres: number, sign: "plain" | "signed" = "plain"): string {
  return `${sign === "signed" ? signed(100 * metres, 1) : (100 * metres).toFixed(1)} cm`;
}

/** A number with its sign. */
export function signed(value: number, digits: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
}

/** A number with three significant digits. */
export function significant(value: number): string {
  return String(Number(value.toPrecision(3)));
}
