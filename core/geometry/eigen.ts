/** Eigenvalues and eigenvectors of small symmetric matrices. */

/** Eigenvalues in descending order, and their unit eigenvectors. */
export interface Eigen {
  /** Length n, largest first. */
  values: Float64Array;
  /** Row i is the eigenvector of `values[i]`, length n². */
  vectors: Float64Array;
}

/**
 * Solves a symmetric eigenproblem by cyclic Jacobi rotations (Golub and Van Loan, section 8.5):
 * accurate to rounding, the same on every machine. Equal eigenvalues keep the order of the axes.
 *
 * @param matrix Row-major, length n²; only the upper triangle is read.
 */
export function eigenSymmetric(matrix: ArrayLike<number>, n: number): Eigen {
  const a = Float64Array.from({ length: n * n }, (_, i) => {
    const row = Math.floor(i / n), column = i % n;
    return matrix[Math.min(row, column) * n + Math.max(row, column)];
  });
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += a[p * n + q] ** 2;
    if (off === 0) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
  }
  const order = Array.from({ length: n }, (_, i) => i)
    .sort((i, j) => a[j * n + j] - a[i * n + i] || i - j);
  const vectors = new Float64Array(n * n);
  order.forEach((column, row) => {
    for (let k = 0; k < n; k++) vectors[row * n + k] = v[k * n + column];
  });
  return { values: Float64Array.from(order, (i) => a[i * n + i]), vectors };
}

/** Makes a[p][q] zero by turning the axes p and q; collects the turns in the columns of v. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q];
  if (apq === 0) return;
  const theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
  // For |theta| beyond 1e150 its square overflows; the tangent is 1 / (2 theta) there.
  const t = Math.abs(theta) > 1e150
    ? 1 / (2 * theta)
    : (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1), s = t * c;
  for (let k = 0; k < n; k++) {
    const kp = a[k * n + p], kq = a[k * n + q];
    a[k * n + p] = c * kp - s * kq;
    a[k * n + q] = s * kp + c * kq;
  }
  for (let k = 0; k < n; k++) {
    const pk = a[p * n + k], qk = a[q * n + k];
    a[p * n + k] = c * pk - s * qk;
    a[q * n + k] = s * pk + c * qk;
    const vp = v[k * n + p], vq = v[k * n + q];
    v[k * n + p] = c * vp - s * vq;
    v[k * n + q] = s * vp + c * vq;
  }
  a[p * n + q] = a[q * n + p] = 0;
}
