/**
 * Anderson acceleration of a fixed-point iteration u ← g(u) (Anderson 1965; Walker and Ni 2011): the
 * next u is the combination of past g(u) whose residuals g(u) − u cancel best.
 */
export class Anderson {
  readonly #window: number;
  #inputs: Float64Array[] = [];
  #outputs: Float64Array[] = [];

  /** @param window How many past steps are combined. */
  constructor(window: number) {
    this.#window = window;
  }

  /** Forgets the past. */
  reset(): void {
    this.#inputs = [];
    this.#outputs = [];
  }

  /** Takes u and g(u); returns the u to try next. The first time, g(u). */
  next(u: Float64Array, g: Float64Array): Float64Array {
    this.#inputs.unshift(u);
    this.#outputs.unshift(g);
    this.#inputs.length = this.#outputs.length = Math.min(this.#window + 1, this.#inputs.length);
    const residuals = this.#outputs.map((output, i) =>
      output.map((v, k) => v - this.#inputs[i][k])
    );
    const steps = residuals.length - 1;
    const differences = Array.from(
      { length: steps },
      (_, i) => residuals[i].map((v, k) => v - residuals[i + 1][k]),
    );
    const weights = leastSquares(differences, residuals[0]);
    const next = g.slice();
    for (let i = 0; i < steps; i++) {
      for (let k = 0; k < next.length; k++) {
        next[k] -= weights[i] * (this.#outputs[i][k] - this.#outputs[i + 1][k]);
      }
    }
    return next;
  }
}

/** The weights w with Σ w_i · columns_i nearest to `target`: normal equations, slightly damped. */
function leastSquares(columns: readonly Float64Array[], target: Float64Array): Float64Array {
  const n = columns.length;
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, v, k) => sum + v * b[k], 0);
  const rows = columns.map((a) => [...columns.map((b) => dot(a, b)), dot(a, target)]);
  const trace = rows.reduce((sum, row, i) => sum + row[i], 0);
  for (let i = 0; i < n; i++) rows[i][i] += 1e-10 * trace + Number.MIN_VALUE;
  // Gauss without pivoting: the matrix is symmetric and positive.
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const factor = rows[j][i] / rows[i][i];
      for (let k = i; k <= n; k++) rows[j][k] -= factor * rows[i][k];
    }
  }
  const weights = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    let value = rows[i][n];
    for (let k = i + 1; k < n; k++) value -= rows[i][k] * weights[k];
    weights[i] = value / rows[i][i];
  }
  return weights;
}
