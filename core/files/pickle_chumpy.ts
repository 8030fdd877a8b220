/** chumpy's arrays in pickles: the official SMPL and MANO files hold them. chumpy itself is dead. */
import { arrayOfBytes, toFloat64 } from "./npy.ts";
import { attributesOf, type PickleGlobal, type PickleGlobals } from "./pickle_globals.ts";
import { isNumberArray, NumpyArray } from "./pickle_numpy.ts";

/**
 * chumpy's `Ch`: an array `x` in an automatic-differentiation graph (`chumpy/ch.py`). It is read as
 * the array that it holds. `Select` (`chumpy/reordering.py`, in MANO's files) is read as the
 * values of its input at the flat indices `idxs`, in the shape `preferred_shape`.
 */
const ch: PickleGlobal = {
  call(_args, context) {
    context.charge(400);
    return new NumpyArray();
  },
  build(object, state, context) {
    const held = attributesOf(state)?.get("x");
    if (!(object instanceof NumpyArray) || !(held instanceof NumpyArray)) {
      throw context.fail("a chumpy object holds no array");
    }
    Object.assign(object, held);
  },
};

const select: PickleGlobal = {
  call: ch.call!,
  build(object, state, context) {
    const attributes = attributesOf(state);
    const from = attributes?.get("a"), at = attributes?.get("idxs");
    if (!(object instanceof NumpyArray) || !isNumberArray(from) || !isNumberArray(at)) {
      throw context.fail("a chumpy selection holds no arrays");
    }
    context.charge(8 * (2 * at.data.length + from.data.length));
    const shape = attributes!.get("preferred_shape") ?? at.shape;
    const indices = toFloat64(at), values = toFloat64(from);
    const count = Array.isArray(shape) ? shape.reduce((a, b) => a * Number(b), 1) : NaN;
    if (count !== indices.length || !indices.every((i) => i >= 0 && i < values.length)) {
      throw context.fail("a chumpy selection does not fit its array");
    }
    const picked = Float64Array.from(indices, (i) => values[i]);
    Object.assign(
      object,
      arrayOfBytes(new Uint8Array(picked.buffer), {
        shape: (shape as unknown[]).map(Number),
        dtype: "f8",
        bigEndian: false,
        fortranOrder: false,
      }),
    );
  },
};

/** Names of chumpy that official SMPL and MANO files use. */
export const CHUMPY_GLOBALS: PickleGlobals = {
  "chumpy.ch Ch": ch,
  "chumpy Ch": ch,
  "chumpy.reordering Select": select,
};
