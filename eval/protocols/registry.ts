/** All protocols. A new one is one file and one line here. */
import { UsageError } from "../../core/work/errors.ts";
import * as field from "./field/mod.ts";
import type { Protocol } from "./protocol.ts";
import { SUITE_1 } from "./suite_1.ts";
import { SUITE_REGIONS_1 } from "./suite_regions_1.ts";
import { SUITE_VOLUME_1 } from "./suite_volume_1.ts";

/** In the order of lists. */
export const PROTOCOLS: readonly Protocol[] = Object.freeze([
  SUITE_1,
  SUITE_REGIONS_1,
  SUITE_VOLUME_1,
  field.PIFUHD_2020,
  field.ICON_2022,
  field.ECON_2023,
  field.GTA_2023,
  field.SIFU_2024,
  field.HILO_2024,
  field.SITH_2024,
  field.EDITABLE_HUMANS_2023,
  field.XAVATAR_2023,
  field.INTEGRATED_PIFU_2022,
  field.SYNCHUMAN,
  field.HUMAN3DIFFUSION_2024,
  field.OPEN3D_0_20,
  field.PYTORCH3D,
  field.TWOKTWOK_STYLE,
]);

/**
 * The protocol that a record in a results file is of; undefined where this version of the suite does
 * not know it. Changed constants (`1+samples=10`) are still of their protocol.
 */
export function protocolOf(
  { id, version }: { id: string; version: string | number },
): Protocol | undefined {
  const base = String(version).split("+")[0];
  return PROTOCOLS.find((protocol) => protocol.id === id && protocol.version === base);
}

/**
 * Finds a protocol by id.
 *
 * @throws {UsageError} If there is none.
 */
export function protocolNamed(id: string): Protocol {
  const protocol = PROTOCOLS.find((protocol) => protocol.id === id);
  if (protocol === undefined) {
    throw new UsageError(`Cannot score under "${id}": there is no such protocol`, {
      hint: `protocols are: ${PROTOCOLS.map((protocol) => protocol.id).join(", ")}`,
    });
  }
  return protocol;
}
