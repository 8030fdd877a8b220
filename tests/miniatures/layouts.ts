/**
 * Every data set layout in small, faithful to the published tree: folders, names, containers, dtypes,
 * units, frames and conventions. Made of the bundled open people, so readers are tested without
 * gated data.
 */
import { encodeNpz } from "../../core/files/npz.ts";
import { encodeNpy } from "../../core/files/npy.ts";
import { encodeGlb } from "../../core/files/glb_write.ts";
import { encodePly } from "../../core/files/ply_write.ts";
import {
  identity,
  type Matrix4,
  multiply,
  rotationX,
  rotationY,
  scaling,
  translation,
} from "../../core/geometry/transform.ts";
import { FIXTURES } from "../../core/work/paths.ts";
import { restShape } from "../../body/forward.ts";
import { canonicalFromScan } from "../../body/place.ts";
import type { Files } from "./files.ts";
import {
  array,
  moved,
  openPeople,
  pad,
  type Person,
  pickle,
  smplFields,
  smplxFields,
  trackedPickle,
} from "./people.ts";
import { objText, picture, stripes, texturedObj, withUvs } from "./pictures.ts";

/** A miniature and what must be found in it. */
export interface Miniature {
  format: string;
  files: Files;
  /** Ids, sorted. */
  subjects: string[];
  /** Whether its fits are of SMPL and can be checked with the open body. */
  smpl: boolean;
}

/** Makes every miniature. */
export async function miniatures(): Promise<Miniature[]> {
  return [
    await thuman("smplx"),
    await thuman("smpl"),
    await twoKTwoK(),
    await renderPeople(),
    await customHumans(),
    await capeRaw(),
    await capeIcon(),
    await xHumans(),
    await fourDDress(),
    await humman(),
    await multiHuman(),
    await buff(),
    await suite(),
    await gltf(),
    await mapped(),
  ];
}

async function people(matrices: readonly Matrix4[]): Promise<Person[]> {
  const { people, model } = await openPeople();
  return matrices.map((matrix, i) => moved(people[i], model, matrix));
}

/**
 * THuman2.0: about 0.42 units a metre, another scale each, any heading; `material0`; pickles of
 * tracked arrays. With SMPL-X fits as released, or gDNA's SMPL fits (rotation matrices).
 */
export async function thuman(kind: "smplx" | "smpl"): Promise<Miniature> {
  const ids = ["0000", "0525", "0530"], files: Files = {};
  const scans = await people([
    multiply(translation(0.1, 0.4, -0.2), multiply(scaling(0.416), rotationY(1.2))),
    multiply(scaling(0.43), rotationY(-2)),
    multiply(translation(0.2, 0.1, 0.3), multiply(scaling(0.4), rotationY(0.3))),
  ]);
  for (const [i, id] of ids.entries()) {
    const { mesh, fit } = scans[i], library = "material0.mtl";
    const image = "material0.jpeg";
    Object.assign(files, await texturedObj(`data/${id}`, { name: id, mesh, library, image }));
    if (kind === "smplx") {
      const { transl, ...fields } = smplxFields(fit, 12);
      files[`smplx/${id}/smplx_param.pkl`] = trackedPickle({
        ...fields,
        scale: array([], [fit.scale]),
        translation: transl,
      });
    } else {
      const pose = [...fit.globalOrient, ...fit.bodyPose];
      // From 0526 on some fits scale after the translation.
      const transl = i < 2 ? fit.transl : fit.transl.map((t) => t / fit.scale);
      files[`THuman2.0_smpl/${id}_smpl.pkl`] = pickle({
        betas: array([1, 10], pad(fit.betas, 10), "f4"),
        full_pose: array([1, 72], pose, "f4"),
        transl: array([1, 3], transl, "f4"),
        scale: array([1], [fit.scale], "f4"),
      });
    }
  }
  return { format: "thuman2", files, subjects: ids, smpl: kind === "smpl" };
}

/** 2K2K: vertex-coloured PLY and OBJ with PNG, keypoints in scan units. */
export async function twoKTwoK(): Promise<Miniature> {
  const ids = ["00001", "00002", "00003"], files: Files = {};
  const scans = await people([identity(), rotationY(0.4), translation(0, 0.9, 0)]);
  for (const [i, id] of ids.entries()) {
    const { mesh, fit, keypoints } = scans[i];
    if (i < 2) {
      const colors = Uint8Array.from(
        { length: mesh.positions.length / 3 * 4 },
        (_, k) => k % 4 === 3 ? 255 : 90 + k % 97,
      );
      files[`obj/2K2K/${id}/${id}.ply`] = encodePly({ ...mesh, colors });
    } else {
      files[`obj/2K2K/${id}/${id}.obj`] = objText(mesh);
      files[`obj/2K2K/${id}/${id}.png`] = await picture("png");
    }
    files[`smpl/${id}.pkl`] = pickle(smplFields(fit));
    files[`Joint3D/2K2K/${id}.json`] = JSON.stringify(joint3D(keypoints));
  }
  return { format: "2k2k", files, subjects: ids, smpl: true };
}

/** COCO-WholeBody's 133 of our keypoints; the face is not there. */
export function joint3D({ body25, handLeft, handRight }: Person["keypoints"]) {
  const order = [
    0,
    16,
    15,
    18,
    17,
    5,
    2,
    6,
    3,
    7,
    4,
    12,
    9,
    13,
    10,
    14,
    11,
    19,
    20,
    21,
    22,
    23,
    24,
  ];
  const joint3d: number[][] = [], visible: number[] = [];
  const add = (points: Float64Array, i: number) => {
    const point = [...points.subarray(3 * i, 3 * i + 3)], known = point.every(Number.isFinite);
    joint3d.push(known ? point : [0, 0, 0]);
    visible.push(known ? 1 : 0);
  };
  order.forEach((i) => add(body25, i));
  for (let i = 0; i < 68; i++) joint3d.push([0, 0, 0]), visible.push(0);
  for (let i = 0; i < 21; i++) add(handLeft, i);
  for (let i = 0; i < 21; i++) add(handRight, i);
  return { joint3d, visible };
}

/** RenderPeople: centimetres, several resolutions, textures in `tex`, no library. */
export async function renderPeople(): Promise<Miniature> {
  const ids = ["rp_dennis_posed_004", "rp_eve_posed_001", "rp_nathan_rigged_003"],
    files: Files = {};
  const scans = await people([scaling(100), scaling(100), scaling(100)]);
  for (const [i, id] of ids.entries()) {
    const { mesh } = scans[i];
    files[`${id}_OBJ/${id}_${i === 1 ? "200k" : "100k"}.${i === 1 ? "OBJ" : "obj"}`] = objText(
      mesh,
    );
    if (i === 0) files[`${id}_OBJ/${id}_30k.obj`] = objText(mesh);
    files[`${id}_OBJ/tex/${id}_dif_${i === 2 ? "8k" : "2k"}.jpg`] = await picture("jpeg");
  }
  return { format: "renderpeople", files, subjects: ids, smpl: false };
}

/** CustomHumans: the pelvis at the origin, no root rotation, JSON without global_orient and transl. */
export async function customHumans(): Promise<Miniature> {
  const ids = ["0101_05_female", "0102_01_male"], files: Files = {};
  const { people: all, model } = await openPeople();
  for (const [i, id] of ids.entries()) {
    const { mesh, fit } = moved(all[i], model, canonicalFromScan(model, all[i].fit));
    const name = `mesh-f0000${i + 1}`, folder = `mesh/${id}`;
    Object.assign(
      files,
      await texturedObj(folder, { name, mesh, library: `${name}.mtl`, image: `${name}.png` }),
    );
    const { global_orient: _, transl: __, ...fields } = smplxFields(fit, 12);
    files[`smplx/${id}/${name}.json`] = JSON.stringify(
      Object.fromEntries(
        Object.entries(fields).map(([key, { data }]) => [key, [...data as Float32Array]]),
      ),
    );
    files[`smplx/${id}/${name}_smpl.obj`] = objText(mesh);
  }
  return { format: "custom-humans", files, subjects: ids, smpl: false };
}

/** CAPE as released: npz of SMPL's vertices, triangles once, rest surfaces. */
export async function capeRaw(): Promise<Miniature> {
  const files: Files = {};
  const { people: all, model } = await openPeople();
  const turned = [moved(all[0], model, rotationY(0.5)), moved(all[1], model, translation(0, 0, 1))];
  const ids = ["00032-longlong-hips-000001", "03223-shortlong-ATUsquat_trial1-000010"];
  // Scans of CAPE are registered: here the people's own vertices, with their triangles in `misc`.
  const { mesh } = turned[0];
  files["misc/smpl_tris.npy"] = encodeNpy({
    shape: [mesh.indices.length / 3, 3],
    dtype: "u4",
    data: mesh.indices,
  });
  for (const [i, id] of ids.entries()) {
    const [subject, cloth, sequence, frame] = id.split("-"), take = `${cloth}_${sequence}`;
    // One topology: the same vertices in two places.
    const person = i === 0 ? turned[0] : moved(turned[0], model, translation(0, 0, 1));
    const { fit } = person, count = person.mesh.positions.length / 3;
    const minimal = restShape(model, fit);
    files[`minimal_body_shape/${subject}/${subject}_minimal.npy`] = encodeNpy(
      array([minimal.length / 3, 3], minimal),
    );
    files[`sequences/${subject}/${take}/${take}.${frame}.npz`] = encodeNpz({
      v_cano: array([count, 3], all[0].mesh.positions, "f4"),
      v_posed: array([count, 3], person.mesh.positions, "f4"),
      pose: array([72], [...fit.globalOrient, ...fit.bodyPose]),
      transl: array([3], fit.transl),
    });
  }
  return { format: "cape", files, subjects: ids, smpl: true };
}

/** ICON's bundle of CAPE: OBJ scans, npz fits, a list. */
export async function capeIcon(): Promise<Miniature> {
  const ids = ["00096-shirtshort-soccer-000160", "03375-longlong-box_trial1-000190"],
    files: Files = {};
  const scans = await people([identity(), rotationY(-0.7)]);
  for (const [i, id] of ids.entries()) {
    const { mesh, fit } = scans[i];
    files[`cape/scans/${id}.obj`] = objText(mesh);
    files[`cape/smpl/${id}.obj`] = objText(mesh);
    files[`cape/smpl/${id}.npz`] = encodeNpz({
      betas: array([10], pad(fit.betas, 10)),
      pose: array([72], [...fit.globalOrient, ...fit.bodyPose]),
      transl: array([3], fit.transl),
    });
  }
  files["cape/all.txt"] = ids.map((id) => `cape/${id}\n`).join("");
  return { format: "cape-icon", files, subjects: ids, smpl: true };
}

/** The pickled mesh of X-Humans and 4D-Dress. */
function pickledMesh({ mesh }: Person): Uint8Array {
  const { uvs } = withUvs(mesh), count = mesh.positions.length / 3;
  const perVertex = new Float64Array(2 * count);
  mesh.indices.forEach((v, i) => perVertex.set([uvs[2 * i], 1 - uvs[2 * i + 1]], 2 * v));
  return trackedPickle({
    vertices: array([count, 3], mesh.positions),
    normals: array([count, 3], new Float32Array(3 * count)),
    uvs: array([count, 2], perVertex),
    faces: {
      shape: [mesh.indices.length / 3, 3],
      dtype: "i8",
      data: BigInt64Array.from(mesh.indices, BigInt),
    },
  });
}

function atlas(): Uint8Array {
  return pickle({ shape: [16, 16, 3], dtype: "u1", data: stripes() });
}

/** X-Humans: pickled scans, shape and gender with the person. */
export async function xHumans(): Promise<Miniature> {
  const files: Files = {}, ids = ["00016-Take1-f00001", "00016-Take1-f00002", "00017-Take4-f00011"];
  const scans = await people([rotationY(2), rotationY(2.1), translation(0.5, 0, 0)]);
  for (const [i, id] of ids.entries()) {
    const [person, take, frame] = id.split("-"),
      home = `${person}/${i < 2 ? "train" : "test"}/${take}`;
    const { fit } = scans[i];
    files[`${home}/meshes_pkl/mesh-${frame}.pkl`] = pickledMesh(scans[i]);
    files[`${home}/meshes_pkl/atlas-${frame}.pkl`] = atlas();
    // Per-frame betas are not those to use.
    files[`${home}/SMPL/mesh-${frame}_smpl.pkl`] = pickle({
      ...smplFields(fit),
      betas: array([10], new Float64Array(10)),
    });
    if (i !== 1) {
      files[`${person}/mean_shape_smpl.npy`] = encodeNpy(array([10], pad(fit.betas, 10)));
    }
    files[`${person}/gender.txt`] = "male\n";
  }
  // One mean shape a person: the second frame is the first person again.
  const { people: all, model } = await openPeople();
  files["00016/train/Take1/meshes_pkl/mesh-f00002.pkl"] = pickledMesh(
    moved(all[0], model, rotationY(2.1)),
  );
  const again = moved(all[0], model, rotationY(2.1)).fit;
  files["00016/train/Take1/SMPL/mesh-f00002_smpl.pkl"] = pickle({
    ...smplFields(again),
    betas: array([10], new Float64Array(10)),
  });
  return { format: "x-humans", files, subjects: ids, smpl: true };
}

/** 4D-Dress: as X-Humans, by outfit. */
export async function fourDDress(): Promise<Miniature> {
  const files: Files = {}, ids = ["00122-Inner-Take2-f00021", "00122-Outer-Take11-f00005"];
  const scans = await people([rotationY(0.2), rotationY(-1)]);
  for (const [i, id] of ids.entries()) {
    const [person, outfit, take, frame] = id.split("-"), home = `${person}/${outfit}/${take}`;
    files[`${home}/Meshes_pkl/mesh-${frame}.pkl`] = pickledMesh(scans[i]);
    files[`${home}/Meshes_pkl/atlas-${frame}.pkl`] = atlas();
    files[`${home}/SMPL/mesh-${frame}_smpl.pkl`] = pickle(smplFields(scans[i].fit));
    files[`${home}/basic_info.pkl`] = pickle({
      scan_frames: [frame],
      rotation: null,
      gender: "male",
    });
  }
  return { format: "4d-dress", files, subjects: ids, smpl: true };
}

/** HuMMan-Recon: OpenCV's camera frame, y down. */
export async function humman(): Promise<Miniature> {
  const files: Files = {}, ids = ["p000438_a000040-000000", "p000438_a000040-000006"];
  const camera = multiply(translation(0.1, 0.2, 2.5), rotationX(Math.PI));
  const scans = await people([camera, multiply(camera, rotationY(0.3))]);
  for (const [i, id] of ids.entries()) {
    const [sequence, frame] = id.split("-"), folder = `${sequence}/textured_meshes`;
    const { mesh, fit } = scans[i], library = `${frame}.mtl`, image = `${frame}_0.png`;
    Object.assign(files, await texturedObj(folder, { name: frame, mesh, library, image }));
    files[`${sequence}/smpl_params/${frame}.npz`] = encodeNpz(smplFields(fit));
    files[`${sequence}/cameras.json`] = "{}";
    files[`${sequence}/kinect_mask/kinect_000/${frame}.png`] = await picture("png");
  }
  return { format: "humman", files, subjects: ids, smpl: true };
}

/** MultiHuman: cropped people with fits beside, scenes of several in `obj_all`. */
export async function multiHuman(): Promise<Miniature> {
  const files: Files = {}, ids = ["001-001", "002-002_0", "002-002_1"];
  const scans = await people([identity(), rotationY(1), rotationY(-1)]);
  for (const [i, id] of ids.entries()) {
    const [scene, name] = id.split("-"), { mesh, fit } = scans[i];
    files[`obj/${scene}/${name}.obj`] = objText(mesh);
    files[`obj/${scene}/${name}.png`] = await picture("png");
    files[`smplx/${scene}/${name}.pkl`] = pickle(smplFields(fit));
    files[`obj_all/${scene}/${scene}.obj`] = objText(mesh);
  }
  return {
    format: "multihuman",
    files,
    subjects: ids.map((id) => id === "001-001" ? "001" : id).sort(),
    smpl: true,
  };
}

/** BUFF as PIFuHD keeps it: millimetres, flat. */
export async function buff(): Promise<Miniature> {
  const files: Files = {},
    ids = ["00005_shortlong_hips.000010", "03223_soccerc_tilt_twist_left.000200"];
  const scans = await people([scaling(1000), scaling(1000)]);
  ids.forEach((id, i) => files[`BUFF/GEO/PLY/${id}.ply`] = encodePly(scans[i].mesh));
  return { format: "buff", files, subjects: ids, smpl: false };
}

/** The suite's own, of which the body is one file. */
export async function suite(): Promise<Miniature> {
  const files: Files = {}, ids = ["h01", "h02"];
  for (const id of ids) {
    for (const suffix of ["json", "glb"]) {
      files[`subjects/${id}.${suffix}`] = await Deno.readFile(
        `${FIXTURES}/humans/subjects/${id}.${suffix}`,
      );
    }
  }
  files["open_body.npz"] = await Deno.readFile(`${FIXTURES}/humans/open_body.npz`);
  return { format: "suite", files, subjects: ids, smpl: true };
}

/** A folder of glTF files. */
export async function gltf(): Promise<Miniature> {
  const files: Files = {}, ids = ["anna", "bert"];
  const scans = await people([identity(), identity()]);
  for (const [i, id] of ids.entries()) files[`${id}.glb`] = await encodeGlb(scans[i].mesh);
  return { format: "gltf", files, subjects: ids, smpl: false };
}

/** SIZER-like: a tree of nobody else's, described by `dataset.json`; z up. */
export async function mapped(): Promise<Miniature> {
  const files: Files = {}, ids = ["10001_1904", "10002_1905"];
  const scans = await people([rotationX(Math.PI / 2), rotationX(Math.PI / 2)]);
  for (const [i, id] of ids.entries()) {
    files[`scans/${id}/model_0.8.obj`] = objText(scans[i].mesh);
    files[`scans/${id}/model_0.8.jpg`] = await picture("jpeg");
    files[`registrations/${id}_smpl.pkl`] = pickle(smplFields(scans[i].fit));
  }
  files["dataset.json"] = JSON.stringify({
    schema: "scan2score/dataset-map-1",
    name: "SIZER",
    scans: "scans/{id}/*.obj",
    textures: "scans/{id}/*.jpg",
    fits: "registrations/{id}_smpl.pkl",
    unit: "m",
    stands: "fit",
    gender: "male",
  });
  return { format: "mapped", files, subjects: ids, smpl: true };
}
