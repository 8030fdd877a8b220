/** One value of one subject in one view. */
export interface ViewValue {
  subject: string;
  value: number;
}

/**
 * Averages the views of each subject, so that a subject counts once however many views it has.
 *
 * @returns Mean by subject, in the order in which subjects first appear.
 */
export function subjectMeans(values: Iterable<ViewValue>): Map<string, number> {
  const sums = new Map<string, { sum: number; n: number }>();
  for (const { subject, value } of values) {
    const entry = sums.get(subject);
    if (entry === undefined) sums.set(subject, { sum: value, n: 1 });
    else entry.sum += value, entry.n++;
  }
  return new Map(Array.from(sums, ([subject, { sum, n }]) => [subject, sum / n]));
}
