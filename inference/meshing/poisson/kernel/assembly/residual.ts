/** What the samples' positions say. */
import { chi, fractions, nodes, right, weights } from "./level";

/** Adds weight · (½ − χ(p)) of the samples from `first` to before `end` to the right side. */
export function addResidual(first: i32, end: i32): void {
  for (let s = first; s < end; s++) {
    const at = nodes + (<usize> s << 5), f = fractions + 12 * <usize> s;
    const u = load<f32>(f), v = load<f32>(f, 4), w = load<f32>(f, 8);
    const one: f32 = 1, u0 = one - u, v0 = one - v, w0 = one - w;
    const n0 = <usize> load<i32>(at) << 2, n1 = <usize> load<i32>(at, 4) << 2;
    const n2 = <usize> load<i32>(at, 8) << 2, n3 = <usize> load<i32>(at, 12) << 2;
    const n4 = <usize> load<i32>(at, 16) << 2, n5 = <usize> load<i32>(at, 20) << 2;
    const n6 = <usize> load<i32>(at, 24) << 2, n7 = <usize> load<i32>(at, 28) << 2;
    const a = u0 * v0, b = u * v0, c = u0 * v, d = u * v;
    const low = a * load<f32>(chi + n0) + b * load<f32>(chi + n1) +
      c * load<f32>(chi + n2) + d * load<f32>(chi + n3);
    const high = a * load<f32>(chi + n4) + b * load<f32>(chi + n5) +
      c * load<f32>(chi + n6) + d * load<f32>(chi + n7);
    const r = load<f32>(weights + (<usize> s << 2)) * (<f32> 0.5 - (w0 * low + w * high));
    const below = r * w0, above = r * w;
    store<f32>(right + n0, load<f32>(right + n0) + below * a);
    store<f32>(right + n1, load<f32>(right + n1) + below * b);
    store<f32>(right + n2, load<f32>(right + n2) + below * c);
    store<f32>(right + n3, load<f32>(right + n3) + below * d);
    store<f32>(right + n4, load<f32>(right + n4) + above * a);
    store<f32>(right + n5, load<f32>(right + n5) + above * b);
    store<f32>(right + n6, load<f32>(right + n6) + above * c);
    store<f32>(right + n7, load<f32>(right + n7) + above * d);
  }
}
