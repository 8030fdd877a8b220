/** Examines one subject: the task that workers run for `inspect`. */
import { encodeLossy } from "../../core/files/image.ts";
import { boundsOf, type Mesh } from "../../core/geometry/mesh.ts";
import type { Matrix4 } from "../../core/geometry/transform.ts";
import type { Json } from "../../core/work/json.ts";
import { join } from "../../core/work/path.ts";
import type { Task } from "../../core/work/task.ts";
import { poseBody } from "../../body/forward.ts";
import { axisFaults, lyingFaults } from "../../datasets/check/axis_faults.ts";
import { checkSubject, closed, fillInAxes } from "../../datasets/check/check_subject.ts";
import type { SubjectReport } from "../../datasets/check/report.ts";
import { declaredAxes, type Subject } from "../../datasets/subject.ts";
import { uprightFromFit } from "../../datasets/upright.ts";
import { cpuBackend } from "../../render/cpu/cpu_backend.ts";
import { sharedNetworks } from "../photo_input.ts";
import { findPerson } from "./find_person.ts";
import { lookerAt, turnOfAxes } from "./look_around.ts";
import { drawOverlay } from "./picture.ts";

/** One subject to examine. */
export interface InspectPayload {
  subject: Subject;
  bodyFile?: string | undefined;
  /** Whether a picture is wanted. */
  picture: boolean;
}

/** The picture's name in the scratch folder. */
export const PICTURE_NAME = "picture.webp";

const inspect: Task<InspectPayload> = async ({ subject, bodyFile, picture }, { scratch }) => {
  const checked = await checkSubject(subject, { bodyFile });
  const { mesh, body } = checked;
  let { report } = checked, upright: Matrix4 | undefined;
  if (mesh !== undefined && body === undefined) {
    ({ report, upright } = await lookedAt(report, mesh, subject));
  } else if (body !== undefined && subject.uprightSource !== "declared") {
    upright = uprightFromFit(body.fit);
  }
  if (picture && mesh !== undefined && hasExtent(mesh)) {
    const drawn = await drawOverlay(
      mesh,
      body && { model: body.model, posed: poseBody(body.model, body.fit) },
      upright === undefined ? {} : { upright },
    );
    const bytes = await encodeLossy(drawn, { format: "webp", quality: 80 });
    await Deno.writeFile(join(scratch, PICTURE_NAME), bytes);
  }
  return { result: report as unknown as Json };
};

/** Without a body to go by, the pose networks tell where the person's head and chest are. */
async function lookedAt(
  report: SubjectReport,
  mesh: Mesh,
  subject: Subject,
): Promise<{ report: SubjectReport; upright: Matrix4 | undefined }> {
  const backend = cpuBackend();
  const looker = await lookerAt(mesh, { backend, networks: await sharedNetworks() });
  const declared = subject.uprightSource === "declared";
  const person = await findPerson(looker, declared ? { upright: subject.upright } : {});
  looker.release();
  if (person === undefined) {
    const notes = [...report.notes, "the pictures of the scan show no person"];
    const lying = lyingFaults(mesh, { axes: declaredAxes(subject) });
    return {
      report: closed({ ...report, notes }, [...report.faults, ...lying]),
      upright: undefined,
    };
  }
  fillInAxes(report, mesh, person);
  report.axesSource = "pictures";
  const faults = axisFaults(person, { axes: declaredAxes(subject) });
  return {
    report: closed(report, [...report.faults, ...faults]),
    upright: declared ? undefined : turnOfAxes(person.up, person.front),
  };
}

function hasExtent(mesh: Mesh): boolean {
  const { min, max } = boundsOf(mesh);
  return max.some((value, k) => value > min[k]);
}

export default inspect;
