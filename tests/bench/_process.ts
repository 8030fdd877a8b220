/** What this process has used so far, from Linux's /proc: for benchmarks only. */

/** User and system seconds of all threads. */
export function processCpuSeconds(): number {
  const text = Deno.readTextFileSync("/proc/self/stat");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The most memory that was resident, MB of 2^20 bytes. */
export function processPeakMb(): number {
  const text = Deno.readTextFileSync("/proc/self/status");
  return Number(/VmHWM:\s+(\d+)/.exec(text)![1]) / 1024;
}
