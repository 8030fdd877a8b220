/** A graphics device whose faults are never missed: each ends what is being done with one error. */
import { MachineError, messageOf } from "../../core/work/errors.ts";
import { type AdapterFacts, adapterFacts } from "./adapter_facts.ts";

/** Where adapters come from: `navigator.gpu`, or a test's stand-in. */
export type GpuSource = Pick<GPU, "requestAdapter">;

/** Kinds of error that WebGPU reports beside the calls that caused them. */
const SCOPES = ["validation", "out-of-memory", "internal"] as const;

const HINT =
  "--backend cpu draws the same maps without a driver; doctor says what this machine has";

/** An open device. Work on it is done one at a time, in the order it was asked for. */
export class Gpu implements Disposable {
  readonly device: GPUDevice;
  readonly facts: AdapterFacts;
  #fault: string | undefined;
  #closed = false;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(device: GPUDevice, facts: AdapterFacts) {
    this.device = device;
    this.facts = facts;
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault(); // it is reported by who uses the device
      this.report((event as GPUUncapturedErrorEvent).error.message);
    });
    device.lost.then(({ reason, message }) => {
      if (!this.#closed) this.report(`the device was lost (${reason || "unknown"}: ${message})`);
    });
  }

  /**
   * Opens the machine's preferred adapter with the largest buffers it offers.
   *
   * @throws {MachineError} If there is no adapter, or it gives no device.
   */
  static async open(source: GpuSource | undefined = navigator.gpu): Promise<Gpu> {
    const adapter = await source?.requestAdapter({ powerPreference: "high-performance" })
      .catch(() => null) ?? null;
    if (adapter === null) {
      throw new MachineError(
        "Cannot draw with WebGPU: found no graphics adapter, expected a driver for Vulkan, Metal " +
          "or Direct3D 12",
        { hint: `${HINT}; Debian's mesa-vulkan-drivers is one in software` },
      );
    }
    const { maxBufferSize, maxStorageBufferBindingSize, maxTextureDimension2D } = adapter.limits;
    try {
      const device = await adapter.requestDevice({
        // What is not asked for is the standard's least, whatever the card has.
        requiredLimits: { maxBufferSize, maxStorageBufferBindingSize, maxTextureDimension2D },
      });
      return new Gpu(device, adapterFacts(adapter));
    } catch (error) {
      throw new MachineError(
        `Cannot draw with WebGPU: adapter "${adapterFacts(adapter).name}" gives no device: ` +
          messageOf(error),
        { hint: HINT, cause: error },
      );
    }
  }

  /** Remembers a fault; whatever is done or was being done with the device fails with it. */
  report(fault: string): void {
    this.#fault ??= fault.replaceAll(/\s*\n\s*/g, " ").trim();
  }

  /**
   * Does some work on the device.
   *
   * @throws {MachineError} If the device is or gets lost, or anything that was asked of it was
   * invalid, did not fit its memory or failed: what `work` returned is then not trusted.
   */
  guard<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(() => this.#guarded(work));
    this.#last = result.catch(() => {});
    return result;
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    this.#check();
    for (const scope of SCOPES) this.device.pushErrorScope(scope);
    let outcome: { result: T } | { thrown: unknown };
    try {
      outcome = { result: await work() };
    } catch (thrown) {
      outcome = { thrown };
    }
    for (const _ of SCOPES) {
      const error = await this.device.popErrorScope().catch((refused: Error) => refused);
      if (error !== null) this.report(error.message);
    }
    if ("thrown" in outcome) {
      await new Promise((resolve) => setTimeout(resolve, 0)); // a loss is told a moment later
    }
    this.#check();
    if ("thrown" in outcome) throw outcome.thrown;
    return outcome.result;
  }

  #check(): void {
    if (this.#closed) throw new RangeError("Cannot draw with WebGPU: the back-end was closed");
    if (this.#fault === undefined) return;
    throw new MachineError(
      `Cannot draw with WebGPU on "${this.facts.name}": ${this.#fault}, expected no fault`,
      { hint: `${HINT}; what is done stays done` },
    );
  }

  /** Gives the device back. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.device.destroy();
  }
}
