/** What is known of a graphics adapter, in a person's words. */

/** Of an adapter. */
export interface AdapterFacts {
  /** As its driver calls it. */
  name: string;
  /** `software`: the processor plays a graphics card. */
  kind: "GPU" | "software";
  /** Bytes that a buffer a shader reads may have. */
  bufferBytes: number;
  /** Pixels of a picture's side. */
  texturePx: number;
}

/** Drivers that say of themselves that they are programs. */
const SOFTWARE = /llvmpipe|lavapipe|softpipe|swiftshader|software|basic render|warp/i;

/** Reads an adapter's facts. */
export function adapterFacts({ info, limits }: Pick<GPUAdapter, "info" | "limits">): AdapterFacts {
  const { description, vendor, device, isFallbackAdapter } = info;
  const name = description || `vendor ${vendor || "unknown"}, device ${device || "unknown"}`;
  return {
    name,
    kind: isFallbackAdapter || SOFTWARE.test(name) ? "software" : "GPU",
    bufferBytes: Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize),
    texturePx: limits.maxTextureDimension2D,
  };
}

/** Says an adapter's facts in one line. */
export function describeAdapter({ name, kind, bufferBytes, texturePx }: AdapterFacts): string {
  const what = kind === "software" ? "software on the processor, no GPU" : "a GPU";
  return `${name} (${what}; buffers to ${Math.floor(bufferBytes / 2 ** 20)} MiB, pictures to ` +
    `${texturePx} px)`;
}
