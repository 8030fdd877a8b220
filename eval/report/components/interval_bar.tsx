import type { ScoreInterval } from "../../leaderboard.ts";

/** The values a column's bars span. */
export interface Domain {
  low: number;
  high: number;
}

/** A mean as a dot on its confidence interval; behind it, optionally, a tick for each subject. */
export function IntervalBar(
  { score, domain, ticks }: {
    score: ScoreInterval;
    domain: Domain;
    ticks?: readonly number[] | undefined;
  },
) {
  const at = (value: number) => {
    const share = (value - domain.low) / (domain.high - domain.low || 1);
    return `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;
  };
  const low = score.low ?? score.mean, high = score.high ?? score.mean;
  return (
    <span class="bar" aria-hidden="true">
      {ticks?.map((value) => <i class="tick" style={`left:${at(value)}`} />)}
      <i class="range" style={`left:${at(low)};right:calc(100% - ${at(high)})`} />
      <i class="dot" style={`left:${at(score.mean)}`} />
    </span>
  );
}

/**
 * The span of a column: from 0 for errors, so that lengths compare; from just below the least for
 * agreements, which all lie near 1.
 */
export function domainOf(
  scores: readonly ScoreInterval[],
  options: { better: "lower" | "higher" | undefined; ticks?: readonly number[] },
): Domain {
  const values = scores.flatMap((score) => [score.mean, score.low ?? score.mean, score.high ?? 0]);
  values.push(...options.ticks ?? []);
  const high = Math.max(...values, Number.MIN_VALUE);
  if (options.better !== "higher") return { low: Math.min(0, ...values), high };
  const low = Math.min(...scores.map((score) => score.low ?? score.mean));
  return { low: low - 0.1 * (high - low || 1), high };
}
