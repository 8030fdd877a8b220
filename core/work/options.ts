/**
 * Merges options over their defaults. An explicit `undefined` counts as absent, so that options
 * can be handed through from a caller who did not set them.
 */
export function withDefaults<D extends object>(
  defaults: D,
  options: { readonly [K in keyof D]?: D[K] | undefined },
): D {
  const merged: D = { ...defaults };
  for (const key of Object.keys(options) as (keyof D)[]) {
    const value = options[key];
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}
