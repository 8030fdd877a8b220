import type { Results } from "../../results.ts";
import { bytesText, count, groupDigits } from "../format.ts";
import type { ReportModel } from "../report_data.ts";
import type { Verified } from "../verified.ts";

/** Where the numbers come from: files and hashes, methods, statistics, the command. */
export function Provenance({ model }: { model: ReportModel }) {
  const { leaderboard, provenance } = model;
  const { statistics } = leaderboard;
  return (
    <section class="provenance">
      <h2>Provenance</h2>
      {provenance.command !== undefined && (
        <div class="command">
          <pre tabIndex={0}><code>{provenance.command}</code></pre>
          <button type="button" data-copy hidden>Copy</button>
        </div>
      )}
      <dl class="constants wide">
        <div>
          <dt>made by</dt>
          <dd>scan2score {leaderboard.suite}</dd>
        </div>
        <div>
          <dt>statistics</dt>
          <dd>
            {groupDigits(statistics.resamples)} bootstrap resamples of subjects,{" "}
            {groupDigits(100 * statistics.level)}{" "}
            % percentile intervals; paired sign-flip tests, exact up to{" "}
            {groupDigits(statistics.permutationsExactUpTo)} patterns, else{" "}
            {groupDigits(statistics.permutationDraws)} draws, Holm-corrected; seed {statistics.seed}
          </dd>
        </div>
        <div>
          <dt>verified</dt>
          <dd>
            <VerifiedText verified={provenance.verified} />
          </dd>
        </div>
        {provenance.warnings.length > 0 && (
          <div>
            <dt>warnings</dt>
            <dd>
              {provenance.warnings.slice(0, MOST_WARNINGS).map(([text, times]) => (
                <small class="warning">{times} × {text}</small>
              ))}
            </dd>
          </div>
        )}
        {provenance.sources.map(({ path, bytes, sha256 }) => (
          <div>
            <dt>{path}</dt>
            <dd>
              {bytesText(bytes)}, SHA-256 <code>{sha256}</code>
            </dd>
          </div>
        ))}
        {provenance.datasets.map(({ name, suites, inputs }) => (
          <div>
            <dt>{name}</dt>
            <dd>
              scored by scan2score {suites.join(", ")} from {roleCounts(inputs)}
            </dd>
          </div>
        ))}
      </dl>
      <div class="scroll" tabIndex={0} role="region" aria-label="Methods">
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Method</th>
              <th scope="col">Version</th>
              <th scope="col">Given</th>
              <th scope="col">Trained on</th>
              <th scope="col">Ran on</th>
            </tr>
          </thead>
          <tbody>
            {leaderboard.methods.map((method) => (
              <tr>
                <th scope="row">{method.name}</th>
                <td>{method.version ?? "not declared"}</td>
                <td>{method.usesTruth ? "truth: shown, never ranked" : "the picture"}</td>
                <td>{trainedOnText(method.trainedOn)}</td>
                <td>{provenance.environments.get(method.name) ?? "not recorded"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {provenance.datasets.map(({ name, inputs }) => (
        <details class="more">
          <summary>
            {count(inputs.length, "file")} behind the scores of {name}
          </summary>
          <div class="scroll" tabIndex={0} role="region" aria-label={`Files of ${name}`}>
            <table class="plain files">
              <thead>
                <tr>
                  <th scope="col">Role</th>
                  <th scope="col">Path</th>
                  <th scope="col" class="number">Size</th>
                  <th scope="col">SHA-256</th>
                </tr>
              </thead>
              <tbody>
                {inputs.map((input) => (
                  <tr>
                    <td>{input.role}</td>
                    <td>{input.path}</td>
                    <td class="number">{bytesText(input.bytes)}</td>
                    <td>
                      <code>{input.sha256}</code>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      ))}
    </section>
  );
}

/** Kinds of warnings that are listed. */
const MOST_WARNINGS = 12;

function VerifiedText({ verified }: { verified: Verified | undefined }) {
  if (verified === undefined) {
    return (
      <>
        not recorded here; <code>verify</code> recomputes every hash and score from these files
      </>
    );
  }
  const { at, files, scores, findings, unchecked } = verified;
  const done = `${groupDigits(files)} files and ${groupDigits(scores)} scores`;
  return (
    <>
      {findings.length === 0
        ? `as of ${at}: ${done} are what is recorded`
        : `as of ${at}: ${findings.length} findings in ${done}`}
      {unchecked > 0 && `, ${unchecked} inputs were not found`}
      {findings.slice(0, MOST_WARNINGS).map((finding) => <small class="warning">{finding}</small>)}
    </>
  );
}

function roleCounts(inputs: Results["inputs"]): string {
  const roles = new Map<string, number>();
  for (const { role } of inputs) roles.set(role, (roles.get(role) ?? 0) + 1);
  if (roles.size === 0) return "files that it did not record";
  return Array.from(roles, ([role, n]) => count(n, `${role} file`)).join(", ");
}

function trainedOnText(trainedOn: Results["methods"][number]["trainedOn"]): string {
  if (trainedOn === undefined) return "not declared";
  if (trainedOn.length === 0) return "nothing";
  return trainedOn.map(({ dataset, subjects, listSha256 }) =>
    subjects !== undefined
      ? `${dataset} (${count(subjects.length, "subject")})`
      : `${dataset} (list ${listSha256?.slice(0, 12)}…)`
  ).join(", ");
}
