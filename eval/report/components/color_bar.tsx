import { errorGradient } from "../color_maps.ts";

/** The colours of the error pictures with their distances. */
export function ColorBar({ maxMm }: { maxMm: number }) {
  const step = stepOf(maxMm);
  const ticks = Array.from({ length: Math.round(maxMm / step) + 1 }, (_, i) => i * step / maxMm);
  return (
    <figure
      class="colors"
      aria-label={`Colours: distance to the scan from 0 to ${maxMm} mm or more`}
    >
      <figcaption>Distance to the scan</figcaption>
      <div>
        <span class="gradient" style={`background:linear-gradient(to right, ${errorGradient()})`} />
        <ol>
          {ticks.map((at) => (
            <li style={`left:${100 * at}%`}>
              {at === 1 ? `≥ ${maxMm} mm` : Number((at * maxMm).toPrecision(4))}
            </li>
          ))}
        </ol>
      </div>
    </figure>
  );
}

/** The round step that gives four to six ticks; a quarter where none does. */
function stepOf(max: number): number {
  for (let decade = 1e-3; decade <= max; decade *= 10) {
    for (const step of [decade, 2 * decade, 2.5 * decade, 5 * decade]) {
      const ticks = max / step;
      if (ticks <= 5 && Math.abs(ticks - Math.round(ticks)) < 1e-9) return step;
    }
  }
  return max / 4;
}
