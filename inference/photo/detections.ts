/**
 * The person detector's output, decoded: anchors, boxes, and overlapping answers averaged.
 *
 * The network (BlazePose's detector, Bazarevsky et al. 2020, arXiv 2006.10204) looks at a square of
 * 224 pixels and answers for 2254 anchors. Positions here are shares of that square, 0 to 1.
 */

/** Side of the detector's input, pixels. */
export const DETECTOR_SIZE = 224;

/** Grids of anchors: cells a side, and anchors a cell. */
const GRIDS = [[28, 2], [14, 2], [7, 6]] as const;

/** One answer of the detector. */
export interface Detection {
  /** Probability that there is a person, 0 to 1. */
  score: number;
  /** The face: centre x, centre y, width, height. */
  box: readonly [number, number, number, number];
  /** Middle of the hips: the centre of a circle around the body. */
  centre: readonly [number, number];
  /** The point of that circle in the direction of the head. */
  top: readonly [number, number];
}

/** Numbers in one row of the network's `boxes`. */
const ROW = 12;

/** Centres of the anchors, xy interleaved, in the network's order (length 2 · 2254). */
export function anchorCentres(): Float64Array {
  const count = GRIDS.reduce((sum, [cells, repeats]) => sum + cells * cells * repeats, 0);
  const centres = new Float64Array(2 * count);
  let at = 0;
  for (const [cells, repeats] of GRIDS) {
    for (let row = 0; row < cells; row++) {
      for (let column = 0; column < cells; column++) {
        for (let k = 0; k < repeats; k++) {
          centres[at++] = (column + 0.5) / cells;
          centres[at++] = (row + 0.5) / cells;
        }
      }
    }
  }
  return centres;
}

const ANCHORS = anchorCentres();

/** How answers are told apart. */
export interface DetectionOptions {
  /** Answers below this probability are dropped. Default: 0.5. */
  minScore?: number;
}

/** Two boxes that overlap by more (intersection over union) are of one person. */
const SAME_IOU = 0.3;

/**
 * Decodes the network's answers: the best is averaged with all that overlap it, weighted by score,
 * then the best of the rest, and so on.
 *
 * @param boxes 2254 × 12: centre and size of the box, then four points, in pixels from the anchor.
 * @param scores 2254 logits.
 * @returns Best first.
 */
export function decodeDetections(
  boxes: Float32Array,
  scores: Float32Array,
  { minScore = 0.5 }: DetectionOptions = {},
): Detection[] {
  let rest: { score: number; row: Float64Array }[] = [];
  for (let i = 0; i < scores.length; i++) {
    const score = 1 / (1 + Math.exp(-Math.min(100, Math.max(-100, scores[i]))));
    if (!(score >= minScore)) continue;
    const row = new Float64Array(ROW);
    for (let k = 0; k < ROW; k++) {
      const anchor = k === 2 || k === 3 ? 0 : ANCHORS[2 * i + (k & 1)];
      row[k] = boxes[ROW * i + k] / DETECTOR_SIZE + anchor;
    }
    rest.push({ score, row });
  }
  rest.sort((a, b) => b.score - a.score); // stable: equal scores keep the anchors' order
  const people: Detection[] = [];
  while (rest.length > 0) {
    const best = rest[0];
    const same = rest.filter(({ row }) => row === best.row || overlap(row, best.row) > SAME_IOU);
    const mean = new Float64Array(ROW);
    let total = 0;
    for (const { score, row } of same) {
      total += score;
      for (let k = 0; k < ROW; k++) mean[k] += score * row[k];
    }
    const [x, y, width, height, cx, cy, tx, ty] = mean.map((v) => v / total);
    people.push({ score: best.score, box: [x, y, width, height], centre: [cx, cy], top: [tx, ty] });
    rest = rest.filter((answer) => !same.includes(answer));
  }
  return people;
}

/** Intersection over union of the boxes of two rows. */
function overlap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const side = (k: number) =>
    Math.max(
      0,
      Math.min(a[k] + a[k + 2] / 2, b[k] + b[k + 2] / 2) -
        Math.max(a[k] - a[k + 2] / 2, b[k] - b[k + 2] / 2),
    );
  const common = side(0) * side(1);
  const union = a[2] * a[3] + b[2] * b[3] - common;
  return union > 0 ? common / union : 0;
}
