/** Eigenvalues of large symmetric matrices; small ones with their vectors are in `eigen.ts`. */

/**
 * Eigenvalues of a symmetric matrix, ascending: Householder's reduction to three diagonals, then QL
 * steps with Wilkinson's shift (Golub and Van Loan, Matrix Computations, 8.3). About 1.5 n³ steps.
 *
 * @param rows n rows of length n; changed.
 */
export function symmetricEigenvaluesInPlace(rows: Float64Array[]): Float64Array {
  const n = rows.length, diagonal = new Float64Array(n), beside = new Float64Array(n);
  const v = new Float64Array(n), w = new Float64Array(n);
  for (let k = 0; k + 2 < n; k++) {
    // 1. A reflection that takes column k below the diagonal to its first place.
    let norm = 0;
    for (let i = k + 1; i < n; i++) norm += rows[i][k] ** 2;
    norm = Math.sqrt(norm);
    if (norm === 0) continue;
    const first = rows[k + 1][k], alpha = first > 0 ? -norm : norm;
    for (let i = k + 1; i < n; i++) v[i] = rows[i][k];
    v[k + 1] -= alpha;
    let squared = 0;
    for (let i = k + 1; i < n; i++) squared += v[i] * v[i];
    // 2. A − v wᵀ − w vᵀ with w = p − (pᵀv / vᵀv) v, p = 2 A v / vᵀv.
    let along = 0;
    for (let i = k + 1; i < n; i++) {
      const row = rows[i];
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += row[j] * v[j];
      w[i] = 2 * sum / squared;
      along += w[i] * v[i];
    }
    for (let i = k + 1; i < n; i++) w[i] -= along / squared * v[i];
    for (let i = k + 1; i < n; i++) {
      const row = rows[i], vi = v[i], wi = w[i];
      for (let j = k + 1; j < n; j++) row[j] -= vi * w[j] + wi * v[j];
    }
    rows[k + 1][k] = alpha;
    for (let i = k + 2; i < n; i++) rows[i][k] = 0;
  }
  for (let i = 0; i < n; i++) {
    diagonal[i] = rows[i][i];
    if (i > 0) beside[i - 1] = rows[i][i - 1];
  }
  return tridiagonalEigenvalues(diagonal, beside);
}

/** QL steps on each block until what stands beside its diagonal is nothing. */
function tridiagonalEigenvalues(d: Float64Array, e: Float64Array): Float64Array {
  const n = d.length;
  for (let l = 0; l < n; l++) {
    for (let step = 0; step < 60; step++) {
      let m = l;
      while (m + 1 < n && Math.abs(e[m]) > Number.EPSILON * (Math.abs(d[m]) + Math.abs(d[m + 1]))) {
        m++;
      }
      if (m === l) break;
      let g = (d[l + 1] - d[l]) / (2 * e[l]), r = Math.hypot(g, 1);
      g = d[m] - d[l] + e[l] / (g + (g >= 0 ? r : -r));
      let sine = 1, cosine = 1, p = 0, i = m - 1;
      for (; i >= l; i--) {
        const f = sine * e[i], b = cosine * e[i];
        r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1] -= p;
          e[m] = 0;
          break;
        }
        sine = f / r;
        cosine = g / r;
        g = d[i + 1] - p;
        r = (d[i] - g) * sine + 2 * cosine * b;
        p = sine * r;
        d[i + 1] = g + p;
        g = cosine * r - b;
      }
      if (i >= l) continue;
      d[l] -= p;
      e[l] = g;
      e[m] = 0;
    }
  }
  return d.sort();
}
