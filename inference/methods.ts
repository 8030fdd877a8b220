/** All methods, by name. A new one is a file that exports a `Method` and one line here. */
import { UsageError } from "../core/work/errors.ts";
import { body } from "./baselines/body.ts";
import { bodyPhoto } from "./baselines/body_photo.ts";
import { inflate } from "./baselines/inflate.ts";
import { oracleDepth } from "./baselines/oracle_depth.ts";
import type { Method } from "./method.ts";
import { twoKTwoK } from "./twoktwok/method.ts";

export const METHODS: readonly Method[] = [oracleDepth, body, bodyPhoto, inflate, twoKTwoK];

/**
 * Finds a method.
 *
 * @throws {UsageError} If there is none of that name.
 */
export function methodNamed(name: string): Method {
  const method = METHODS.find((method) => method.name === name);
  if (method === undefined) {
    throw new UsageError(`Cannot run the method "${name}": there is none of that name`, {
      hint: `methods are: ${METHODS.map((method) => method.name).join(", ")}`,
    });
  }
  return method;
}
