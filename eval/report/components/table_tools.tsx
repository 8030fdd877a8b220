/** What stands over the ranked table: filters, columns, copies. */

/** Controls that need the script; hidden without it. Filters need all scores in the page. */
export function TableTools({ whole }: { whole: boolean }) {
  return (
    <div class="tools" data-live hidden>
      {whole && (
        <>
          <label>
            Subjects <input type="search" name="subjects" placeholder="all" autocomplete="off" />
          </label>
          <label hidden>
            View <select name="view" />
          </label>
        </>
      )}
      <label hidden>
        Body part <select name="part" />
      </label>
      <details class="columns-menu">
        <summary>Columns</summary>
        <fieldset class="column-list" aria-label="Columns" />
      </details>
      <span class="copies" role="group" aria-label="Copy the table as">
        Copy as
        <button type="button" data-as="latex">LaTeX</button>
        <button type="button" data-as="markdown">Markdown</button>
        <button type="button" data-as="csv">CSV</button>
      </span>
    </div>
  );
}

/** Two methods against each other; drawn by the script. */
export function Compare() {
  return (
    <section id="compare" data-live hidden>
      <h2>Compare</h2>
      <div class="tools">
        <label>
          First <select name="a" />
        </label>
        <label>
          Second <select name="b" />
        </label>
        <label>
          Score <select name="key" />
        </label>
      </div>
      <div class="comparison" aria-live="polite" />
    </section>
  );
}
