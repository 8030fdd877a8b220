/** The subject's page: an empty form of it, which the script fills for the subject that is opened. */

/** One document holds one. `alone` names the subject of a file that has no other. */
export function Stage({ alone }: { alone?: string | undefined }) {
  return (
    <dialog
      class={alone === undefined ? "stage" : "stage alone"}
      aria-labelledby="stage-title"
      data-alone={alone}
    >
      <header class={alone === undefined ? "stage-top" : "unseen"}>
        <div>
          <h2 id="stage-title" tabIndex={-1} autofocus={alone === undefined}>Subject</h2>
          <p class="stage-about" />
        </div>
        {alone === undefined && (
          <nav aria-label="Subjects">
            <button type="button" data-walk="-1" aria-label="Previous subject">←</button>
            <button type="button" data-walk="1" aria-label="Next subject">→</button>
            <button type="button" data-close aria-label="Close">×</button>
          </nav>
        )}
      </header>
      <div class="stage-remarks" />
      <p class="no-view note" hidden />
      <section class="view" aria-label="3D view">
        <div class="view-tools">
          <Choices
            legend="Arrange"
            name="arrange"
            options={[["side", "side by side"], ["slider", "slider"]]}
          />
          <Choices
            legend="Show"
            name="shading"
            options={[["distance", "distance"], ["surface", "surface"], ["normals", "normals"]]}
          />
          <label>
            <input type="checkbox" name="signed" /> signed
          </label>
          <label>
            <input type="checkbox" name="wireframe" /> wireframe
          </label>
          <label>
            <input type="checkbox" name="body" /> body fit
          </label>
          <label>
            Part <select name="part" />
          </label>
          <span class="sides" role="group" aria-label="Look from">
            <button type="button" data-look="0">front</button>
            <button type="button" data-look="90">left</button>
            <button type="button" data-look="180">back</button>
            <button type="button" data-look="-90">right</button>
          </span>
        </div>
        <fieldset class="panes" aria-label="Shown side by side" />
        <div class="slider-tools" hidden>
          <label>
            Left <select name="left" />
          </label>
          <label>
            Right <select name="right" />
          </label>
        </div>
        <div class="canvas-box">
          <canvas />
          <div class="pane-names" aria-hidden="true" />
          <label class="split" hidden>
            <span class="unseen">Slider between left and right, percent</span>
            <input type="range" name="split" min="0" max="100" value="50" />
          </label>
          <output class="readout" />
        </div>
        <div class="legend-line">
          <figure class="colors stage-legend" />
          <label class="range">
            to{" "}
            <input type="number" name="range" min="0.5" max="1000" step="any" inputmode="decimal" />
            {" "}
            mm
          </label>
        </div>
        <details class="more">
          <summary>What the meshes shown are</summary>
          <p class="note">
            Meshes are simplified and quantized for this view. Distances were taken on the full
            mesh, at the vertices that are left; the sign is that of the scan’s smooth normal at the
            nearest point. Scores are of the full meshes.
          </p>
          <ul class="mesh-notes note" />
        </details>
      </section>
      <section>
        <div class="stage-head">
          <h3>Maps</h3>
          <Choices
            legend="Seen from"
            name="side"
            options={[["front", "front"], ["back", "back"]]}
          />
        </div>
        <div class="scroll stage-maps" tabIndex={0} role="region" aria-label="Maps" />
        <p class="note map-note">
          Angles are coloured to 60°, differences of depth and distances as the legend of the page
          says; grey: only one of the two covers the pixel. Depth: light is near.
        </p>
      </section>
      <section class="stage-distances">
        <h3>Distances</h3>
        <p class="note">
          Where samples of the prediction lie: left of 0 inside the scan, right outside. Each
          histogram fills its height.
        </p>
        <div class="stage-histograms" />
        <div class="scroll stage-percentiles" tabIndex={0} role="region" aria-label="Percentiles" />
        <p class="note">
          From 20,000 samples of each surface, hidden surfaces of the scan too: a picture of the
          spread, not the protocol’s samples.
        </p>
      </section>
      <section>
        <h3>Scores of this subject</h3>
        <div class="scroll stage-scores" tabIndex={0} role="region" aria-label="Scores" />
      </section>
    </dialog>
  );
}

function Choices(
  { legend, name, options }: {
    legend: string;
    name: string;
    options: readonly (readonly [value: string, text: string])[];
  },
) {
  return (
    <fieldset class="switch">
      <legend>{legend}</legend>
      {options.map(([value, text], i) => (
        <label>
          <input type="radio" name={name} value={value} checked={i === 0} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}
