/** A real Chromium for tests: the one that npm's @sparticuz/chromium brings (Linux x64). */
import assert from "node:assert/strict";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

/** Starts the browser; close it after use. */
export async function launchBrowser(): Promise<Browser> {
  return await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: [
      "--no-sandbox",
      "--use-gl=angle",
      "--use-angle=swiftshader",
      "--enable-unsafe-swiftshader",
      "--ignore-gpu-blocklist",
      "--font-render-hinting=none",
    ],
    headless: true,
  });
}

/** How long a state may take to come: far longer than it should, for slow machines. */
const PATIENCE_MS = 30_000;

/**
 * Waits until `read` gives `expected` (equal, or matching), and fails with what it last gave.
 *
 * @throws {AssertionError} If it does not within 30 s.
 */
export async function eventually<T>(
  read: () => Promise<T>,
  expected: T | RegExp,
): Promise<void> {
  const check = (found: T) =>
    expected instanceof RegExp
      ? assert.match(String(found), expected)
      : assert.deepEqual(found, expected);
  const end = performance.now() + PATIENCE_MS;
  while (true) {
    const found = await read();
    try {
      return check(found);
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
