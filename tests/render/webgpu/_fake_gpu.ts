/** A graphics device that draws nothing: it remembers what it was told and hands out pictures. */
import type { GpuSource } from "../../../render/webgpu/gpu.ts";

/** What a fake device does where a real one would compute. */
export interface FakeGpuOptions {
  /** The next picture that is read back, row by row. Default: all 0. */
  picture?: (width: number, height: number) => Float32Array;
  /** Limits and names other than those of an ordinary device. */
  limits?: Partial<Record<string, number>>;
  info?: Partial<Record<string, unknown>>;
  /** The error that the next work of some kind has. */
  errors?: Partial<Record<GPUErrorFilter, string>>;
}

/** What became of a fake device. */
export interface FakeGpu extends GpuSource {
  /** WGSL of all shaders, in order. */
  readonly shaders: string[];
  /** What was asked of the adapter's device. */
  descriptor?: GPUDeviceDescriptor | undefined;
  /** Bytes of the buffers that were made and not destroyed. */
  bufferBytes(): number;
  /** Makes the device end, as a driver would. */
  lose(message: string): void;
  /** Reports an error that no scope catches. */
  fault(message: string): void;
  destroyed: boolean;
}

interface FakeBuffer {
  fill(bytes: ArrayBuffer): void;
}

const LIMITS = {
  maxBufferSize: 2 ** 28,
  maxStorageBufferBindingSize: 2 ** 27,
  maxTextureDimension2D: 8192,
  maxUniformBufferBindingSize: 65536,
  minUniformBufferOffsetAlignment: 256,
};

/** Makes one. Adapters are given out once a call, all with the same device. */
export function fakeGpu(options: FakeGpuOptions = {}): FakeGpu {
  const { picture = (w, h) => new Float32Array(w * h), errors = {} } = options;
  const events = new EventTarget(), live = new Map<object, number>();
  const scopes: GPUErrorFilter[] = [];
  let ended: (info: { reason: string; message: string }) => void = () => {};
  const limits = { ...LIMITS, ...options.limits };
  const buffer = (size: number) => {
    let bytes = new ArrayBuffer(0);
    const made = {
      size,
      fill: (filled: ArrayBuffer) => bytes = filled,
      mapAsync: () => fake.destroyed ? Promise.reject(new Error("gone")) : Promise.resolve(),
      getMappedRange: () => bytes.byteLength > 0 ? bytes : bytes = new ArrayBuffer(size),
      unmap() {},
      destroy: () => live.delete(made),
    };
    live.set(made, size);
    return made;
  };
  const device = {
    limits,
    features: new Set<string>(),
    queue: { submit() {}, writeBuffer() {}, writeTexture() {} },
    lost: new Promise((resolve) => ended = resolve),
    addEventListener: events.addEventListener.bind(events),
    pushErrorScope: (filter: GPUErrorFilter) => scopes.push(filter),
    popErrorScope: () => {
      const message = errors[scopes.pop()!];
      return Promise.resolve(message === undefined ? null : { message });
    },
    createBuffer: ({ size }: { size: number }) => buffer(size),
    createShaderModule: ({ code }: { code: string }) => {
      fake.shaders.push(code);
      return { getCompilationInfo: () => Promise.resolve({ messages: [] }) };
    },
    createTexture: ({ size, format }: { size: GPUExtent3DDict; format: string }) => ({
      ...size,
      format,
      createView: () => ({}),
      destroy() {},
    }),
    createCommandEncoder: () => ({
      ...nothings("pushDebugGroup", "popDebugGroup", "finish"),
      beginRenderPass: () =>
        nothings(
          "setPipeline",
          "setBindGroup",
          "setVertexBuffer",
          "setIndexBuffer",
          "setViewport",
          "setScissorRect",
          "setStencilReference",
          "draw",
          "drawIndexed",
          "end",
        ),
      copyTextureToBuffer: (
        _: unknown,
        { buffer: to, bytesPerRow }: { buffer: FakeBuffer; bytesPerRow: number },
        { width, height }: { width: number; height: number },
      ) => {
        const values = picture(width, height), padded = new ArrayBuffer(bytesPerRow * height);
        for (let row = 0; row < height; row++) {
          new Float32Array(padded, row * bytesPerRow, width)
            .set(values.subarray(row * width, (row + 1) * width));
        }
        to.fill(padded);
      },
    }),
    createBindGroup: () => ({}),
    createBindGroupLayout: () => ({}),
    createPipelineLayout: () => ({}),
    createRenderPipeline: () => ({ getBindGroupLayout: () => ({}) }),
    createSampler: () => ({}),
    destroy() {
      fake.destroyed = true;
      ended({ reason: "destroyed", message: "destroyed" });
    },
  };
  const info = { description: "Fake 3000", vendor: "0", device: "0", ...options.info };
  const fake: FakeGpu = {
    shaders: [],
    destroyed: false,
    bufferBytes: () => [...live.values()].reduce((sum, bytes) => sum + bytes, 0),
    lose: (message) => ended({ reason: "unknown", message }),
    fault(message) {
      events.dispatchEvent(
        Object.assign(new Event("uncapturederror", { cancelable: true }), { error: { message } }),
      );
    },
    requestAdapter: () =>
      Promise.resolve({
        info,
        limits,
        features: new Set(),
        requestDevice: (descriptor?: GPUDeviceDescriptor) => {
          fake.descriptor = descriptor;
          return Promise.resolve(device);
        },
      } as unknown as GPUAdapter),
  };
  return fake;
}

/** Methods that do nothing. */
function nothings(...names: string[]): Record<string, () => void> {
  return Object.fromEntries(names.map((name) => [name, () => {}]));
}
