/** Weighted least squares: rows are added one after another, then solved with damping. */

/** The sums of a Gauss–Newton step over the free parameters. */
export class NormalEquations {
  /** How many free parameters. */
  readonly count: number;
  /** Places of the free parameters in a whole row. */
  readonly columns: Uint32Array;
  /** JᵀWJ, upper triangle, row-major. */
  readonly #matrix: Float64Array;
  /** JᵀWr. */
  readonly #gradient: Float64Array;
  readonly #row: Float64Array;
  readonly #placeOf = new Map<number, number>();

  constructor(columns: Uint32Array) {
    this.columns = columns;
    this.count = columns.length;
    this.#matrix = new Float64Array(this.count * this.count);
    this.#gradient = new Float64Array(this.count);
    this.#row = new Float64Array(this.count);
    columns.forEach((column, i) => this.#placeOf.set(column, i));
  }

  /** Forgets all rows. */
  clear(): void {
    this.#matrix.fill(0);
    this.#gradient.fill(0);
  }

  /** Adds a residual with its derivative by all parameters, free or not. */
  add(row: Float64Array, residual: number, weight: number): void {
    const { count, columns } = this, free = this.#row, matrix = this.#matrix;
    for (let i = 0; i < count; i++) free[i] = row[columns[i]];
    for (let i = 0; i < count; i++) {
      const value = weight * free[i];
      if (value === 0) continue;
      this.#gradient[i] += value * residual;
      const base = i * count;
      for (let k = i; k < count; k++) matrix[base + k] += value * free[k];
    }
  }

  /** Adds weight · difference² of one parameter, given by its place in a whole row. */
  addParameter(column: number, difference: number, weight: number): void {
    const i = this.#placeOf.get(column);
    if (i === undefined) return;
    this.#matrix[i * this.count + i] += weight;
    this.#gradient[i] += weight * difference;
  }

  /**
   * Solves (H + damping · diag H) step = −gradient by Cholesky's decomposition.
   *
   * @returns The step of the free parameters, or undefined where the matrix is not positive definite.
   */
  solve(damping: number): Float64Array | undefined {
    const n = this.count, l = new Float64Array(n * n), step = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = this.#matrix[j * n + i];
        if (i === j) sum += damping * sum;
        for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
        if (i !== j) l[i * n + j] = sum / l[j * n + j];
        else if (!(sum > 0)) return undefined;
        else l[i * n + i] = Math.sqrt(sum);
      }
    }
    for (let i = 0; i < n; i++) {
      let sum = -this.#gradient[i];
      for (let k = 0; k < i; k++) sum -= l[i * n + k] * step[k];
      step[i] = sum / l[i * n + i];
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = step[i];
      for (let k = i + 1; k < n; k++) sum -= l[k * n + i] * step[k];
      step[i] = sum / l[i * n + i];
    }
    return step;
  }
}
