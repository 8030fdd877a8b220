/// <reference lib="dom" />
/**
 * What is chosen on the page, kept in the address: `#board=b-1&columns=p2s_cm,nc&subject=s-3`.
 * A hash without `=` is an ordinary anchor and is left alone.
 */

const listeners: ((state: URLSearchParams) => void)[] = [];
let written = "";

/** The state in the address. */
export function hashState(): URLSearchParams {
  const hash = location.hash.slice(1);
  return new URLSearchParams(hash.includes("=") ? hash : "");
}

/** Changes parts of the state; an empty value leaves a part out. */
export function setHash(changes: Record<string, string>): void {
  const state = hashState();
  for (const [key, value] of Object.entries(changes)) {
    if (value === "") state.delete(key);
    else state.set(key, value);
  }
  // Commas and slashes are readable in a fragment.
  const text = state.toString().replaceAll("%2C", ",").replaceAll("%2F", "/");
  written = text === "" ? "" : `#${text}`;
  if (location.hash === written || (written === "" && !location.hash.includes("="))) return;
  history.replaceState(null, "", written === "" ? location.pathname + location.search : written);
}

/** Calls when the address changes from outside: a link, the back button. */
export function onHash(listener: (state: URLSearchParams) => void): void {
  listeners.push(listener);
}

addEventListener("hashchange", () => {
  if (location.hash === written || (location.hash !== "" && !location.hash.includes("="))) return;
  written = location.hash;
  for (const listener of listeners) listener(hashState());
});
